import {
  LeaseLostError,
  type DeadLetterReason,
  type MessageTransaction,
  type ReceivedMessage,
  type ReceiverOptions,
} from '@ndomain/core';
import { addDeadLetter } from './dead-letter-rows.ts';
import { momentOf, receivedMessage, type MessageRow } from './message-rows.ts';
import type { LeasedPlace, LeasedRow, MessageTable } from './message-table.ts';
import type { TransportParts } from './transport-parts.ts';
import { queueKey } from './wakers.ts';

/** One received message. Whether it is still ours is decided in the file: its row carries the lease. */
export class SqliteMessageTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #row: MessageRow;
  readonly #endpoint: string;
  readonly #options: ReceiverOptions;
  readonly #parts: TransportParts;
  readonly #open: Set<SqliteMessageTransaction>;
  #place: LeasedPlace;
  #extending: Promise<void> | undefined;

  constructor(
    place: LeasedPlace,
    [, deliveryCount, ...row]: LeasedRow,
    endpoint: string,
    options: ReceiverOptions,
    parts: TransportParts,
    open: Set<SqliteMessageTransaction>,
  ) {
    this.deliveryCount = deliveryCount;
    this.#place = place;
    this.#row = row;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#parts = parts;
    this.#open = open;
  }

  read(): ReceivedMessage {
    return receivedMessage(this.#row, this.#endpoint, this.#options.partition);
  }

  get #length(): number {
    const [, , , headers, payload] = this.#row;
    return headers.length + payload.length;
  }

  commit(): Promise<void> {
    return this.#end((messages) => messages.remove(this.#place, this.#length));
  }

  async fail(retryAt = 0): Promise<void> {
    await this.#end((messages, now) => messages.putBack(this.#place, this.#after(retryAt), now));
    this.#wake();
  }

  async release(retryAt = 0): Promise<void> {
    await this.#end((messages) => messages.release(this.#place, this.#after(retryAt)));
    this.#wake();
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    const { database } = this.#parts;
    const received = this.read();
    return this.#end((messages) => {
      if (!messages.holds(this.#place)) return false;
      // Copied first: what is removed may be deleted in the same moment.
      addDeadLetter(database, this.#endpoint, this.#place, received, reason);
      return messages.remove(this.#place, this.#length);
    });
  }

  extend(leaseMs: number): Promise<void> {
    this.#extending = this.#extend(leaseMs, this.#extending);
    return this.#extending;
  }

  async #extend(leaseMs: number, before: Promise<void> | undefined): Promise<void> {
    // Its caller has been told when it failed; the place is what it was then.
    await before?.catch(() => undefined);
    this.#place = await this.#change((messages, now) => {
      const visibleAt = Math.ceil(now + leaseMs);
      return messages.extend(this.#place, visibleAt) && { ...this.#place, visibleAt };
    });
  }

  async #end(change: Change<boolean>): Promise<void> {
    this.#open.delete(this);
    // An extension that is not written yet will move the row.
    if (this.#extending !== undefined) await Promise.allSettled([this.#extending]);
    await this.#change(change);
  }

  #change<T>(change: Change<T | false>): Promise<T> {
    const { database, messages, time } = this.#parts;
    const { lease } = this.#options;
    return database.write(() => {
      const isOurs = lease === undefined || database.fences.holds(lease);
      const changed = isOurs && change(messages, Math.floor(time.now()));
      if (changed === false) throw new LeaseLostError(this.#row[0], this.#endpoint);
      return changed;
    });
  }

  /** The moment after as long a pause as it is until `retryAt`; null when that is not in the future. */
  #after(retryAt: number): number | null {
    const { time } = this.#parts;
    const pause = time.left(retryAt);
    return pause > 0 ? momentOf(time.now() + pause) : null;
  }

  #wake(): void {
    this.#parts.wakers.wake(queueKey(this.#endpoint, this.#options.partition));
  }
}

/** A change of the row, false when it is no longer ours. */
type Change<T> = (messages: MessageTable, now: number) => T;
