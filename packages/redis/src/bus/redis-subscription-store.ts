import type { Subscription, SubscriptionStore } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { Script } from '../connection/script.ts';
import { subscriptionOf, textOf } from './subscription-text.ts';

/* KEYS: subscriptions, their version. ARGV: id, the subscription. Returns 1 when it was not there. */
const ADD = new Script(`
local added = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
if added == 1 then redis.call('INCR', KEYS[2]) end
return added`);

/* KEYS: subscriptions, their version. ARGV: id. Returns 1 when it was there. */
const REMOVE = new Script(`
local removed = redis.call('HDEL', KEYS[1], ARGV[1])
if removed == 1 then redis.call('INCR', KEYS[2]) end
return removed`);

/**
 * Subscriptions in Redis. When the connection ends before the answer comes, `add` and `remove` are tried again and may then say that
 * nothing changed, although it did.
 */
export class RedisSubscriptionStore implements SubscriptionStore {
  readonly #connection: RedisConnection;

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
    return (await this.#connection.run(ADD, this.#keys(), [subscription.id, textOf(subscription)])) === 1;
  }

  async remove({ id }: Subscription): Promise<boolean> {
    return (await this.#connection.run(REMOVE, this.#keys(), [id])) === 1;
  }

  #keys(): string[] {
    const { subscriptions, subscriptionsVersion } = this.#connection.keys;
    return [subscriptions, subscriptionsVersion];
  }
}
