import { newId, type Subscription, type SubscriptionStore } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { Script } from '../connection/script.ts';
import { subscriptionOf, textOf } from './subscription-text.ts';

/*
 * KEYS: subscriptions, their changes. ARGV: id, the subscription, a name for this collection of subscriptions should there be none yet.
 * Returns 1 when it was not there.
 */
const ADD = new Script(`
redis.call('HSETNX', KEYS[2], 'epoch', ARGV[3])
local added = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
if added == 1 then redis.call('HINCRBY', KEYS[2], 'count', 1) end
return added`);

/* KEYS: subscriptions, their changes. ARGV: id. Returns 1 when it was there. */
const REMOVE = new Script(`
local removed = redis.call('HDEL', KEYS[1], ARGV[1])
if removed == 1 then redis.call('HINCRBY', KEYS[2], 'count', 1) end
return removed`);

/**
 * Subscriptions in Redis. When the connection ends before the answer comes, `add` and `remove` are tried again and may then say that
 * nothing changed, although it did.
 */
export class RedisSubscriptionStore implements SubscriptionStore {
  readonly #connection: RedisConnection;
  readonly #added = new Map<string, Subscription>();

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async getAll(): Promise<readonly Subscription[]> {
    const texts = await this.#connection.command((client) => client.hvals(this.#connection.keys.subscriptions));
    return texts.map(subscriptionOf);
  }

  async getByTopic(topic: string): Promise<readonly Subscription[]> {
    return (await this.getAll()).filter((subscription) => subscription.topic === topic);
  }

  async getByEndpoint(endpoint: string): Promise<readonly Subscription[]> {
    return (await this.getAll()).filter((subscription) => subscription.endpoint === endpoint);
  }

  async add(subscription: Subscription): Promise<boolean> {
    this.#added.set(subscription.id, subscription);
    const args = [subscription.id, textOf(subscription), newId()];
    return (await this.#connection.run(ADD, this.#keys(), args)) === 1;
  }

  /** What was added here, and not removed, is added again: for a Redis that has lost everything. Returns what that was. */
  async restore(): Promise<readonly Subscription[]> {
    const all = [...this.#added.values()];
    for (const subscription of all) await this.add(subscription);
    return all;
  }

  async remove({ id }: Subscription): Promise<boolean> {
    this.#added.delete(id);
    return (await this.#connection.run(REMOVE, this.#keys(), [id])) === 1;
  }

  #keys(): string[] {
    const { subscriptions, subscriptionCounts } = this.#connection.keys;
    return [subscriptions, subscriptionCounts];
  }
}
