import type { Subscription, SubscriptionStore } from '@ndomain/core';
import type { CallRunner } from './call-runner.ts';

/** Subscriptions whose calls go wrong as planned. */
export class FaultySubscriptionStore implements SubscriptionStore {
  readonly #store: SubscriptionStore;
  readonly #plan: CallRunner;

  constructor(store: SubscriptionStore, plan: CallRunner) {
    this.#store = store;
    this.#plan = plan;
  }

  getAll(): Promise<readonly Subscription[]> {
    return this.#plan.run('getAll', () => this.#store.getAll());
  }

  getByTopic(topic: string): Promise<readonly Subscription[]> {
    return this.#plan.run('getByTopic', () => this.#store.getByTopic(topic));
  }

  getByEndpoint(endpoint: string): Promise<readonly Subscription[]> {
    return this.#plan.run('getByEndpoint', () => this.#store.getByEndpoint(endpoint));
  }

  add(subscription: Subscription): Promise<boolean> {
    return this.#plan.run('add', () => this.#store.add(subscription));
  }

  remove(subscription: Subscription): Promise<boolean> {
    return this.#plan.run('remove', () => this.#store.remove(subscription));
  }
}
