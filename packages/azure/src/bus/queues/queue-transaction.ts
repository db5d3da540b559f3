import { LeaseLostError, type DeadLetterReason, type MessageTransaction, type ReceivedMessage } from '@ndomain/core';
import { Certainty } from './certainty.ts';
import { dueAt } from './due.ts';
import { hidingFor, leaseSeconds } from './hiding.ts';
import { receivedMessage } from './message-text.ts';
import type { MessageQueue, Receipt } from './message-queue.ts';
import type { QueueParts } from './queue-parts.ts';
import { queueText, type DeliveryNote } from './queue-text.ts';
import { queueKey } from './wakers.ts';

/** A message as it was received. */
export interface Delivery {
  readonly endpoint: string;
  readonly receipt: Receipt;
  /** How often the service has given it out. */
  readonly dequeueCount: number;
  /** While it lasts nobody else can have received it. */
  readonly certainty: Certainty;
  readonly leaseMs: number;
  /** What stood in the queue. */
  readonly raw: string;
  /** Absent when it is none of our messages. */
  readonly note?: DeliveryNote | undefined;
  /** The message's text; absent when it is none of ours, or its blob is gone. */
  readonly text?: string | undefined;
}

/**
 * One received message. Its receipt, which each change replaces, says whether it is still ours; so one change waits for the other. A change
 * that was repeated because its answer was lost may find its own first try: while the lease is surely ours nobody else can have
 * made the receipt invalid, so it was that, and it took effect.
 */
export class QueueTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #delivery: Delivery;
  readonly #queue: MessageQueue;
  readonly #parts: QueueParts;
  readonly #open: Set<QueueTransaction>;
  #receipt: Receipt;
  #certainty: Certainty;
  #isOver = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(delivery: Delivery, queue: MessageQueue, parts: QueueParts, open: Set<QueueTransaction>) {
    this.deliveryCount = Math.max(1, delivery.dequeueCount - (delivery.note?.released ?? 0));
    this.#delivery = delivery;
    this.#receipt = delivery.receipt;
    this.#certainty = delivery.certainty;
    this.#queue = queue;
    this.#parts = parts;
    this.#open = open;
    open.add(this);
  }

  read(): ReceivedMessage {
    const { endpoint, note, text, raw } = this.#delivery;
    if (text !== undefined) return receivedMessage(text, endpoint, undefined, raw);
    const problem =
      note === undefined ? 'it is not in our format' : `its body, the blob "${note.blob}", is not in the container`;
    return { broken: { raw, problem } };
  }

  commit(): Promise<void> {
    return this.#end(async () => {
      const isOurs = await this.#queue.delete(this.#receipt);
      if (isOurs || this.#certainty.isOurs) await this.#parts.claims.discard(this.#delivery.note?.blob);
      return isOurs;
    });
  }

  fail(retryAt = 0): Promise<void> {
    return this.#putBack(dueAt(this.#parts.clock, retryAt), 0);
  }

  release(retryAt = 0): Promise<void> {
    return this.#putBack(dueAt(this.#parts.clock, retryAt), 1);
  }

  /** Gives it back uncounted, because it is not due before a moment of the service's time. */
  postpone(until: number): Promise<void> {
    const { clock, serviceClock } = this.#parts;
    return this.#putBack(clock.monotonic() + until - serviceClock.now(), 1);
  }

  extend(leaseMs: number): Promise<void> {
    return this.#inTurn(() => this.#renew(leaseMs));
  }

  /**
   * First makes sure that the message is ours, then writes the dead letter, then deletes the message: a process that dies in between leaves
   * both, and never neither.
   */
  deadLetter(reason: DeadLetterReason): Promise<void> {
    const { endpoint, leaseMs, text, raw, note } = this.#delivery;
    const letters = this.#parts.deadLetters(endpoint);
    const letter = letters.newId();
    return this.#end(async () => {
      await this.#renew(leaseMs);
      const { message } = this.read();
      await letters.add(letter, { message, text: message === undefined ? raw : (text ?? raw), reason });
      const isOurs = (await this.#queue.delete(this.#receipt)) || this.#certainty.isOurs;
      if (isOurs) await this.#parts.claims.discard(note?.blob);
      else await letters.purge([letter]);
      return isOurs;
    });
  }

  /** Ends it: once for good, unless it failed for a reason that may pass. */
  #end(change: () => Promise<boolean>): Promise<void> {
    return this.#inTurn(async () => {
      const isDone = (await change()) || this.#certainty.isOurs;
      this.#forget();
      if (!isDone) throw this.#lost();
    });
  }

  /** `due` is of monotonic time. */
  #putBack(due: number, released: number): Promise<void> {
    return this.#end(async () => {
      const { endpoint, note, text } = this.#delivery;
      const { clock, serviceClock, wakers } = this.#parts;
      const { seconds, until } = hidingFor(due - clock.monotonic(), serviceClock.now());
      const before = note?.released ?? 0;
      let changed: string | undefined;
      if (note !== undefined && (released > 0 || until !== undefined || note.until !== undefined)) {
        changed = queueText(
          { ...note, released: before + released, until },
          note.blob === undefined ? (text ?? '') : '',
        );
      }
      const receipt = await this.#queue.update(this.#receipt, seconds, changed);
      wakers.wakeIn(queueKey(endpoint, undefined), seconds * 1_000);
      return receipt !== undefined;
    });
  }

  /** Nothing can be done without the newest receipt: where it got lost on its way, the message comes back when the lease is over. */
  async #renew(leaseMs: number): Promise<void> {
    const seconds = leaseSeconds(leaseMs);
    const certainty = new Certainty(this.#parts.clock, seconds * 1_000);
    const popReceipt = await this.#queue.update(this.#receipt, seconds);
    if (popReceipt === undefined) {
      this.#forget();
      throw this.#lost();
    }
    this.#receipt = { ...this.#receipt, popReceipt };
    this.#certainty = certainty;
  }

  #forget(): void {
    this.#isOver = true;
    this.#open.delete(this);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(() => {
      if (this.#isOver) throw this.#lost();
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #lost(): LeaseLostError {
    const { endpoint, receipt } = this.#delivery;
    return new LeaseLostError(this.read().message?.id ?? receipt.messageId, endpoint);
  }
}
