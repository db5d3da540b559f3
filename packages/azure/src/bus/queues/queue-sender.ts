import { hidingFor } from './hiding.ts';
import { Limit } from './limit.ts';
import type { MessageQueue, Receipt } from './message-queue.ts';
import type { Outgoing } from './outgoing.ts';
import type { QueueParts } from './queue-parts.ts';
import { MOST_INLINE_BYTES, NEW_NOTE, queueText, type DeliveryNote } from './queue-text.ts';
import { withRetries } from './retries.ts';
import { queueKey } from './wakers.ts';

/** What was put into a queue, and can be taken out by its receipt as long as nobody has received it. */
interface Sent {
  readonly queue: MessageQueue;
  readonly receipt: Receipt;
  readonly blob: string | undefined;
}

/** Puts messages into queues. */
export class QueueSender {
  readonly #parts: QueueParts;
  readonly #limit: Limit;

  /** A queue takes one message for each request: so many requests go out at once. */
  constructor(parts: QueueParts, sendsAtOnce: number) {
    this.#parts = parts;
    this.#limit = new Limit(sendsAtOnce);
  }

  /**
   * All or nothing, as far as the service allows: when one cannot be sent, those that were are taken out again. A process that dies in the
   * middle leaves what it had sent; whoever has it send again sends the same ids.
   */
  async send(messages: readonly Outgoing[]): Promise<void> {
    const sent = await Promise.allSettled(messages.map((one) => this.#limit.run(() => this.#sendOne(one))));
    const failed = sent.find((one) => one.status === 'rejected');
    if (failed === undefined) return;
    const done = sent.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.allSettled(done.map((one) => this.#takeOut(one)));
    throw failed.reason;
  }

  async #sendOne({ message: { endpoint }, text, bytes, dueAt }: Outgoing): Promise<Sent> {
    const { clock, serviceClock, queues, claims, wakers } = this.#parts;
    const queue = queues.of(endpoint);
    let hiddenS = 0;
    const sent = await withRetries(clock, queue.address, async (): Promise<Sent> => {
      // Each try has its own blob: the one before may have been sent, though nobody said so.
      const blob = bytes > MOST_INLINE_BYTES ? await claims.put(endpoint, text) : undefined;
      const { seconds, until } = hidingFor(dueAt - clock.monotonic(), serviceClock.now());
      hiddenS = seconds;
      const note: DeliveryNote = { ...NEW_NOTE, until, blob };
      const receipt = await queue.send(queueText(note, blob === undefined ? text : ''), seconds);
      return { queue, receipt, blob };
    });
    // The service has hidden it since before now: then it is to be seen.
    wakers.wakeIn(queueKey(endpoint, undefined), hiddenS * 1_000);
    return sent;
  }

  async #takeOut({ queue, receipt, blob }: Sent): Promise<void> {
    if (await queue.delete(receipt)) await this.#parts.claims.discard(blob);
  }
}
