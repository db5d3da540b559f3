import {
  LeaseLostError,
  newId,
  type DeadLetterReason,
  type MessageTransaction,
  type ReceivedMessage,
} from '@ndomain/core';
import { codeOf, isConflict } from '../../../connection/azure-errors.ts';
import { Certainty } from '../certainty.ts';
import { dueAt } from '../due.ts';
import { receivedMessage } from '../message-text.ts';
import { queueKey } from '../wakers.ts';
import type { LaneParts } from './lane-parts.ts';
import { momentText, type LaneRow } from './lane-rows.ts';

/** A message of a lane as it was received. */
export interface LaneDelivery {
  readonly lane: number;
  readonly rowKey: string;
  readonly etag: string;
  readonly deliveries: number;
  readonly leaseMs: number;
  /** While it lasts nobody else can have received it. */
  readonly certainty: Certainty;
  /** Undefined when its blob is gone. */
  readonly text: string | undefined;
  readonly blob: string | undefined;
}

/** One received message of a lane. Whether it is still ours its row's ETag says, which each change replaces; so one change waits for the other. */
export class LaneTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #delivery: LaneDelivery;
  readonly #parts: LaneParts;
  readonly #open: Set<LaneTransaction>;
  #etag: string;
  #certainty: Certainty;
  #isOver = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(delivery: LaneDelivery, parts: LaneParts, open: Set<LaneTransaction>) {
    this.deliveryCount = delivery.deliveries;
    this.#delivery = delivery;
    this.#etag = delivery.etag;
    this.#certainty = delivery.certainty;
    this.#parts = parts;
    this.#open = open;
    open.add(this);
  }

  read(): ReceivedMessage {
    const { text, lane, blob = '', rowKey } = this.#delivery;
    if (text !== undefined) return receivedMessage(text, this.#parts.endpoint, lane);
    return { broken: { raw: rowKey, problem: `its body, the blob "${blob}", is not in the container` } };
  }

  commit(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#delete();
      this.#forget();
    });
  }

  fail(retryAt = 0): Promise<void> {
    return this.#putBack(dueAt(this.#parts.clock, retryAt), this.deliveryCount);
  }

  release(retryAt = 0): Promise<void> {
    return this.#putBack(dueAt(this.#parts.clock, retryAt), this.deliveryCount - 1);
  }

  extend(leaseMs: number): Promise<void> {
    return this.#inTurn(() => this.#renew(leaseMs));
  }

  /** A process that dies in between leaves the message and the dead letter, and never neither. */
  deadLetter(reason: DeadLetterReason): Promise<void> {
    const { leaseMs, text, rowKey } = this.#delivery;
    const letters = this.#parts.deadLetters();
    const letter = letters.newId();
    return this.#inTurn(async () => {
      await this.#renew(leaseMs);
      const { message } = this.read();
      await letters.add(letter, { message, text: text ?? rowKey, reason });
      try {
        await this.#delete();
      } catch (error) {
        if (this.#isOver) await letters.purge([letter]);
        throw error;
      }
      this.#forget();
    });
  }

  /** To its place, whatever the reason: where the order matters, nothing is to overtake it. `due` is of monotonic time. */
  #putBack(due: number, deliveries: number): Promise<void> {
    return this.#inTurn(async () => {
      const { clock, serviceClock, wakers, endpoint } = this.#parts;
      const now = serviceClock.now();
      const delayMs = Math.max(0, due - clock.monotonic());
      await this.#change({
        Deliveries: deliveries,
        VisibleAt: momentText(delayMs > 0 ? now + delayMs : 0),
        ReadyAt: momentText(now + delayMs),
        IsLeased: false,
      });
      this.#forget();
      wakers.wakeIn(queueKey(endpoint, this.#delivery.lane), due - clock.monotonic());
    });
  }

  async #renew(leaseMs: number): Promise<void> {
    const { clock, serviceClock } = this.#parts;
    const certainty = new Certainty(clock, leaseMs);
    await this.#change({ VisibleAt: momentText(serviceClock.now() + leaseMs) });
    this.#certainty = certainty;
  }

  /** Each change has an id, so that a repeated one finds its own first try. */
  async #change(change: Partial<LaneRow>): Promise<void> {
    const { table } = this.#parts;
    const { rowKey } = this.#delivery;
    const id = newId();
    try {
      this.#etag = await table.merge(rowKey, this.#etag, { ...change, Change: id });
    } catch (error) {
      if (!isGone(error)) throw error;
      const row = await table.row(rowKey);
      if (row?.Change !== id) throw this.#lose();
      this.#etag = row.etag;
    }
  }

  async #delete(): Promise<void> {
    try {
      await this.#parts.table.delete(this.#delivery.rowKey, this.#etag);
    } catch (error) {
      if (!isGone(error)) throw error;
      // Gone while it was surely ours: a repeated request found what its own first try had done.
      if (isConflict(error) || !this.#certainty.isOurs) throw this.#lose();
    }
    await this.#parts.claims.discard(this.#delivery.blob);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(() => {
      if (this.#isOver) throw this.#lose();
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #lose(): LeaseLostError {
    this.#forget();
    return new LeaseLostError(this.read().message?.id ?? this.#delivery.rowKey, this.#parts.endpoint);
  }

  #forget(): void {
    this.#isOver = true;
    this.#open.delete(this);
  }
}

function isGone(error: unknown): boolean {
  return isConflict(error) || codeOf(error) === 'ResourceNotFound';
}
