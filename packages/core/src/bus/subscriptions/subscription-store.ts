import type { Subscription } from './subscription.ts';

/** Where subscriptions live, for all processes. Durable as the bus is. */
export interface SubscriptionStore {
  getAll(): Promise<readonly Subscription[]>;
  getByTopic(topic: string): Promise<readonly Subscription[]>;
  getByEndpoint(endpoint: string): Promise<readonly Subscription[]>;

  /** Returns whether it was not there before: of n who add the same one at once, exactly one gets true. */
  add(subscription: Subscription): Promise<boolean>;

  /** Returns whether it was there. */
  remove(subscription: Subscription): Promise<boolean>;
}

/** Subscriptions in memory: the default. */
export class LocalSubscriptionStore implements SubscriptionStore {
  readonly #subscriptions = new Map<string, Subscription>();

  async getAll(): Promise<readonly Subscription[]> {
    return [...this.#subscriptions.values()];
  }

  async getByTopic(topic: string): Promise<readonly Subscription[]> {
    return [...this.#subscriptions.values()].filter((subscription) => subscription.topic === topic);
  }

  async getByEndpoint(endpoint: string): Promise<readonly Subscription[]> {
    return [...this.#subscriptions.values()].filter((subscription) => subscription.endpoint === endpoint);
  }

  async add(subscription: Subscription): Promise<boolean> {
    if (this.#subscriptions.has(subscription.id)) return false;
    this.#subscriptions.set(subscription.id, { ...subscription });
    return true;
  }

  async remove(subscription: Subscription): Promise<boolean> {
    return this.#subscriptions.delete(subscription.id);
  }
}
