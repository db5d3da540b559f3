import {
  LeaseLostError,
  orderingKeyOf,
  type DeadLetterReason,
  type MessageTransaction,
  type ReceivedMessage,
} from '@ndomain/core';
import { delayUntil } from './delay.ts';
import type { Place } from './held-lease.ts';
import { receivedMessage, type QueueItem } from './message-text.ts';
import type { Queue } from './queue.ts';
import type { Settler } from './settler.ts';

type Settle = (settler: Settler, place: Place) => Promise<boolean>;

const COMMIT: Settle = (settler, place) => settler.commit(place);
const LONGEST_LEASE_MS = 2 ** 50;

/** One received message. Whether it is still ours is decided on the server, by its lease. */
export class RedisMessageTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #body: string;
  readonly #queue: Queue;
  readonly #settler: Settler;
  readonly #open: Set<RedisMessageTransaction>;
  /** Where the message is. In two places after an extension without an answer: it is in one of them. */
  #places: readonly Place[];
  #extending: Promise<void> | undefined;
  #isOver = false;

  constructor(item: QueueItem, place: Place, queue: Queue, settler: Settler, open: Set<RedisMessageTransaction>) {
    this.deliveryCount = item.deliveries + 1;
    this.#body = item.body;
    this.#queue = queue;
    this.#settler = settler;
    this.#open = open;
    this.#places = [place];
    open.add(this);
  }

  read(): ReceivedMessage {
    return receivedMessage(this.#body, this.#queue.endpoint, this.#queue.partition);
  }

  commit(): Promise<void> {
    return this.#finish(COMMIT);
  }

  fail(retryAt?: number): Promise<void> {
    const delayMs = delayUntil(retryAt, this.#queue.clock);
    return this.#finish((settler, place) => settler.putBack(place, true, delayMs));
  }

  release(retryAt?: number): Promise<void> {
    const delayMs = delayUntil(retryAt, this.#queue.clock);
    return this.#finish((settler, place) => settler.putBack(place, false, delayMs));
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    const { message } = this.read();
    const key = message === undefined ? undefined : orderingKeyOf(message);
    const letter = [
      key === undefined ? '' : JSON.stringify(key),
      message === undefined ? 'broken' : 'message',
      JSON.stringify(reason),
    ] as const;
    return this.#finish((settler, place) => settler.bury(place, letter));
  }

  async extend(leaseMs: number): Promise<void> {
    await this.#extending?.catch(() => undefined);
    if (this.#isOver) throw this.#lost();
    this.#extending = this.#extend(Math.min(Math.ceil(leaseMs), LONGEST_LEASE_MS));
    return this.#extending;
  }

  async #finish(settle: Settle): Promise<void> {
    if (this.#isOver) throw this.#lost();
    this.#isOver = true;
    this.#open.delete(this);
    // Where the message is must be known.
    if (this.#extending !== undefined) await this.#extending.catch(() => undefined);
    let isOurs = false;
    try {
      for (const ours of this.#places.map((place) => settle(this.#settler, place))) isOurs = (await ours) || isOurs;
    } catch (error) {
      // Nobody knows whether it was done. To do it again does no harm.
      this.#isOver = false;
      throw error;
    }
    if (!isOurs) throw this.#lost();
  }

  async #extend(leaseMs: number): Promise<void> {
    const extensions = this.#places.map((place) => this.#settler.extend(place, leaseMs));
    const granted: Place[] = [];
    try {
      for (const { isOurs, place } of extensions) if (await isOurs) granted.push(place);
    } catch (error) {
      this.#places = [...this.#places, ...extensions.map(({ place }) => place)];
      throw error;
    }
    if (granted.length === 0) throw this.#lost();
    this.#places = granted;
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(this.read().message?.id ?? '', this.#queue.endpoint);
  }
}
