import { LeaseLostError, type DeadLetterReason, type MessageTransaction, type ReceivedMessage } from '@ndomain/core';
import { addDeadLetter } from './dead-letter-rows.ts';
import { momentOf, receivedMessage, type MessageRow } from './message-rows.ts';
import type { LeasedRow } from './message-table.ts';
import type { TransportParts } from './transport-parts.ts';
import { queueKey } from './wakers.ts';

/** One received message. Whether it is still ours is decided in the file: its row carries the lease. */
export class SqliteMessageTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #place: number;
  readonly #row: MessageRow;
  readonly #lease: number;
  readonly #endpoint: string;
  readonly #partition: number | undefined;
  readonly #parts: TransportParts;
  readonly #open: Set<SqliteMessageTransaction>;

  constructor(
    [place, deliveryCount, ...row]: LeasedRow,
    lease: number,
    endpoint: string,
    partition: number | undefined,
    parts: TransportParts,
    open: Set<SqliteMessageTransaction>,
  ) {
    this.deliveryCount = deliveryCount;
    this.#place = place;
    this.#row = row;
    this.#lease = lease;
    this.#endpoint = endpoint;
    this.#partition = partition;
    this.#parts = parts;
    this.#open = open;
  }

  read(): ReceivedMessage {
    return receivedMessage(this.#row, this.#endpoint, this.#partition);
  }

  commit(): Promise<void> {
    this.#open.delete(this);
    return this.#change(() => this.#parts.messages.remove(this.#place, this.#lease));
  }

  async fail(retryAt = 0): Promise<void> {
    this.#open.delete(this);
    await this.#change((now) => this.#parts.messages.putBack(this.#place, this.#lease, later(retryAt, now), now));
    this.#wake();
  }

  async release(retryAt = 0): Promise<void> {
    this.#open.delete(this);
    await this.#change((now) => this.#parts.messages.release(this.#place, this.#lease, later(retryAt, now)));
    this.#wake();
  }

  extend(leaseMs: number): Promise<void> {
    return this.#change((now) => this.#parts.messages.extend(this.#place, this.#lease, Math.ceil(now + leaseMs)));
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    this.#open.delete(this);
    const { database } = this.#parts;
    const received = this.read();
    return this.#change(() => {
      const isOurs = addDeadLetter(database, this.#endpoint, this.#place, this.#lease, received, reason);
      return isOurs && this.#parts.messages.remove(this.#place, this.#lease);
    });
  }

  async #change(change: (now: number) => boolean): Promise<void> {
    const { database, clock } = this.#parts;
    await database.write(() => {
      if (!change(Math.floor(clock.now()))) throw new LeaseLostError(this.#row[0], this.#endpoint);
    });
  }

  #wake(): void {
    this.#parts.wakers.wake(queueKey(this.#endpoint, this.#partition));
  }
}

/** Null when the moment is not in the future. */
function later(at: number, now: number): number | null {
  return at > now ? (momentOf(at) ?? null) : null;
}
