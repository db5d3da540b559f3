import {
  isNDomainError,
  LeaseLostError,
  orderingKeyOf,
  type DeadLetterReason,
  type MessageTransaction,
  type ReceivedMessage,
} from '@ndomain/core';
import { delayUntil } from './delay.ts';
import type { Place } from './held-lease.ts';
import { receivedMessage, startOf } from './message-text.ts';
import type { Queue } from './queue.ts';
import type { Settler } from './settler.ts';

type Settle = (settler: Settler, place: Place) => Promise<boolean>;

const COMMIT: Settle = (settler, place) => settler.commit(place);
const LONGEST_LEASE_MS = 2 ** 50;

/** One received message. Whether it is still ours is decided on the server, by its lease. */
export class RedisMessageTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #item: string;
  readonly #bodyAt: number;
  readonly #queue: Queue;
  readonly #settler: Settler;
  readonly #open: Set<RedisMessageTransaction>;
  /** Where the message is. After an extension without an answer it may be in several: it is in one of them. */
  #place: Place | readonly Place[];
  #extending: Promise<void> | undefined;
  #isOver = false;

  constructor(item: string, place: Place, queue: Queue, settler: Settler, open: Set<RedisMessageTransaction>) {
    const [deliveries, bodyAt] = startOf(item);
    this.deliveryCount = deliveries + 1;
    this.#item = item;
    this.#bodyAt = bodyAt;
    this.#queue = queue;
    this.#settler = settler;
    this.#open = open;
    this.#place = place;
    open.add(this);
  }

  read(): ReceivedMessage {
    return receivedMessage(this.#item.slice(this.#bodyAt), this.#queue.endpoint, this.#queue.partition);
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
    const place = this.#place;
    let isOurs = false;
    try {
      isOurs = await ('lease' in place ? settle(this.#settler, place) : this.#anyOf(place, settle));
    } catch (error) {
      // Nobody knows whether it was done. To do it again does no harm.
      this.#isOver = false;
      throw error;
    }
    if (!isOurs) throw this.#lost();
  }

  async #anyOf(places: readonly Place[], settle: Settle): Promise<boolean> {
    const outcomes = await Promise.all(places.map((place) => settle(this.#settler, place)));
    return outcomes.includes(true);
  }

  async #extend(leaseMs: number): Promise<void> {
    const places = 'lease' in this.#place ? [this.#place] : this.#place;
    const extensions = places.map((place) => this.#settler.extend(place, leaseMs));
    try {
      const outcomes = await Promise.all(extensions.map(({ isOurs }) => isOurs));
      const granted = extensions.filter((_, i) => outcomes[i]).map(({ place }) => place);
      const [first] = granted;
      if (first === undefined) throw this.#lost();
      this.#place = granted.length === 1 ? first : granted;
    } catch (error) {
      if (!isNDomainError(error, 'ND_LEASE_LOST')) this.#place = [...places, ...extensions.map(({ place }) => place)];
      throw error;
    }
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(this.read().message?.id ?? '', this.#queue.endpoint);
  }
}
