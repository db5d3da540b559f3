import type { DequeuedMessageItem, PeekedMessageItem } from '@azure/storage-queue';
import type { Clock } from '@ndomain/core';
import { codeOf } from '../../connection/azure-errors.ts';
import type { AzureQueue } from '../../connection/azure-connection.ts';
import type { ServiceClock } from '../../connection/service-clock.ts';
import { withRetries } from './retries.ts';

/** The most that one request receives or peeks: https://learn.microsoft.com/rest/api/storageservices/get-messages */
export const MOST_PER_RECEIVE = 32;
/** The longest time for which a message can be hidden, in seconds (7 days): https://learn.microsoft.com/rest/api/storageservices/put-message */
export const LONGEST_HIDDEN_S = 7 * 24 * 60 * 60;
/** Messages expire after 7 days unless they are told not to: the same page. */
const NEVER_EXPIRE_S = -1;

/** Which message in a queue is meant, and the receipt by which it is ours. */
export interface Receipt {
  readonly messageId: string;
  readonly popReceipt: string;
}

/** The operations on one queue. Each is one request, repeated while its failure may pass. */
export class MessageQueue {
  readonly #queue: AzureQueue;
  readonly #clock: Clock;
  readonly #serviceClock: ServiceClock;

  /** `serviceClock` learns from the answers. */
  constructor(queue: AzureQueue, clock: Clock, serviceClock: ServiceClock) {
    this.#queue = queue;
    this.#clock = clock;
    this.#serviceClock = serviceClock;
  }

  get address(): string {
    return this.#queue.address;
  }

  /** One try: whoever sends repeats it. */
  send(text: string, hiddenS: number): Promise<Receipt> {
    return this.#queue.run('send a message', (queue, options) =>
      this.#timed(
        queue.sendMessage(text, { ...options, messageTimeToLive: NEVER_EXPIRE_S, visibilityTimeout: hiddenS }),
      ),
    );
  }

  async receive(max: number, leaseS: number, signal: AbortSignal): Promise<readonly DequeuedMessageItem[]> {
    const numberOfMessages = Math.min(max, MOST_PER_RECEIVE);
    const { receivedMessageItems } = await withRetries(
      this.#clock,
      this.address,
      () =>
        this.#queue.run('receive messages', (queue, options) =>
          this.#timed(queue.receiveMessages({ ...options, numberOfMessages, visibilityTimeout: leaseS })),
        ),
      signal,
    );
    return receivedMessageItems;
  }

  /** Hides a message for so long from now, and changes its text where one is given. Returns the new receipt; undefined when it is not ours. */
  update({ messageId, popReceipt }: Receipt, hiddenS: number, text?: string): Promise<string | undefined> {
    return this.#ifOurs(async () => {
      const updated = await this.#queue.run('update a message', (queue, options) =>
        queue.updateMessage(messageId, popReceipt, text, hiddenS, options),
      );
      return updated.popReceipt;
    });
  }

  /** Deletes a message. False when it is not ours, or not there. */
  async delete({ messageId, popReceipt }: Receipt): Promise<boolean> {
    const deleted = await this.#ifOurs(async () => {
      await this.#queue.run('delete a message', (queue, options) =>
        queue.deleteMessage(messageId, popReceipt, options),
      );
      return true;
    });
    return deleted ?? false;
  }

  /** The first of those that can be received, without receiving them. */
  async peek(): Promise<readonly PeekedMessageItem[]> {
    const { peekedMessageItems } = await withRetries(this.#clock, this.address, () =>
      this.#queue.run('peek at messages', (queue, options) =>
        queue.peekMessages({ ...options, numberOfMessages: MOST_PER_RECEIVE }),
      ),
    );
    return peekedMessageItems;
  }

  /** About how many messages there are, those that are hidden included: the service promises no more than an upper bound. */
  async count(): Promise<number> {
    const { approximateMessagesCount } = await withRetries(this.#clock, this.address, () =>
      this.#queue.run('count messages', (queue, options) => queue.getProperties(options)),
    );
    return approximateMessagesCount ?? 0;
  }

  /** Every answer tells the service's time. */
  async #timed<Answer extends { readonly date?: Date | undefined }>(asking: Promise<Answer>): Promise<Answer> {
    const dated = this.#serviceClock.dating();
    const answer = await asking;
    dated(answer.date);
    return answer;
  }

  async #ifOurs<T>(operation: () => Promise<T>): Promise<T | undefined> {
    try {
      return await withRetries(this.#clock, this.address, operation);
    } catch (error) {
      // The service says either of a receipt that somebody's later receive has made invalid.
      const code = codeOf(error);
      if (code === 'MessageNotFound' || code === 'PopReceiptMismatch') return undefined;
      throw error;
    }
  }
}
