import {
  systemClock,
  type Clock,
  type Subscription,
  type SubscriptionBroker,
  type SubscriptionChange,
  type SubscriptionListener,
  type Timer,
} from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { Script } from '../connection/script.ts';
import type { RedisSubscriptionStore } from './redis-subscription-store.ts';
import { changeOf, changeText } from './subscription-text.ts';

/*
 * KEYS: subscriptions. ARGV: channel, text. The key is there for its place: a cluster may be published to at any node, and what one process
 * publishes is heard in its order only from the same one.
 */
const NOTIFY = new Script("return redis.call('PUBLISH', ARGV[1], ARGV[2])");

/** How often the number of changes is looked at: what a channel has lost without a word is made up for by then. Two commands a minute. */
const LOOK_EVERY_MS = 30_000;

/** How far the subscriptions in Redis have come. */
interface Progress {
  readonly epoch: string | null;
  readonly count: string | null;
}

/**
 * Changes of subscriptions over a channel. A channel forgets: so listeners are told of a gap when the connection had ended, and when
 * the number of changes in the store has risen since the last look. When Redis has lost everything meanwhile, the subscriptions of this
 * process are put back first.
 *
 * It is an ordinary channel and not a sharded one, on a cluster too: changes are rare, every process wants all of them, and an ordinary
 * one is heard at every node, whichever fails.
 */
export class RedisSubscriptionBroker implements SubscriptionBroker {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #store: RedisSubscriptionStore | undefined;
  readonly #listeners = new Set<SubscriptionListener>();
  readonly #gapListeners = new Set<() => void>();
  #stopHearing: Promise<() => Promise<void>> | undefined;
  #nextLook: Timer | undefined;
  #last: Progress = { epoch: null, count: null };

  /** `store`: this process's, whose subscriptions are put back. */
  constructor(connection: RedisConnection, clock: Clock = systemClock, store?: RedisSubscriptionStore) {
    this.#connection = connection;
    this.#clock = clock;
    this.#store = store;
  }

  async notify(change: SubscriptionChange, subscription: Subscription): Promise<void> {
    const { subscriptions, subscriptionChanges } = this.#connection.keys;
    await this.#connection.run(NOTIFY, [subscriptions], [subscriptionChanges, changeText(change, subscription)]);
  }

  async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
    this.#listeners.add(listener);
    try {
      await (this.#stopHearing ??= this.#hear());
    } catch (error) {
      this.#listeners.delete(listener);
      this.#stopHearing = undefined;
      throw error;
    }
    return async () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#nextLook?.cancel();
      const stop = await this.#stopHearing;
      this.#stopHearing = undefined;
      await stop?.();
    };
  }

  onGap(listener: () => void): void {
    this.#gapListeners.add(listener);
  }

  async #hear(): Promise<() => Promise<void>> {
    this.#last = await this.#progress();
    const stop = await this.#connection.listen(this.#connection.keys.subscriptionChanges, {
      onMessage: this.#onMessage,
      onGap: () => void this.#look(true),
    });
    this.#lookLater();
    return stop;
  }

  readonly #onMessage = (text: string): void => {
    const change = changeOf(text);
    // Somebody else's words on our channel: whatever they mean, the store knows.
    if (change === undefined) return this.#tellOfGap();
    for (const listener of this.#listeners) listener(...change);
  };

  #tellOfGap(): void {
    for (const listener of this.#gapListeners) listener();
  }

  #lookLater(): void {
    this.#nextLook?.cancel();
    if (this.#listeners.size === 0) return;
    this.#nextLook = this.#clock.schedule(LOOK_EVERY_MS, () => void this.#look(false), { background: true });
  }

  async #look(isGap: boolean): Promise<void> {
    try {
      const last = this.#last;
      const now = await this.#progress();
      const isEmptied = last.epoch !== null && last.epoch !== now.epoch;
      if (isEmptied) await this.#restore();
      if (isGap || last.epoch !== now.epoch || last.count !== now.count) this.#tellOfGap();
      this.#last = isEmptied ? await this.#progress() : now;
    } catch {
      if (isGap) this.#tellOfGap();
      // Redis is away; when it is back, the channel tells of a gap, or the next look finds it.
    }
    this.#lookLater();
  }

  async #restore(): Promise<void> {
    for (const subscription of (await this.#store?.restore()) ?? []) await this.notify('added', subscription);
  }

  async #progress(): Promise<Progress> {
    const key = this.#connection.keys.subscriptionCounts;
    const [epoch = null, count = null] = await this.#connection.command((client) =>
      client.hmget(key, 'epoch', 'count'),
    );
    return { epoch, count };
  }
}
