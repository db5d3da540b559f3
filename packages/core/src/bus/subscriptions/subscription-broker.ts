import type { Subscription } from './subscription.ts';

export type SubscriptionChange = 'added' | 'removed';
export type SubscriptionListener = (change: SubscriptionChange, subscription: Subscription) => void;

/**
 * How processes hear of each other's subscriptions without a restart. Every listener in every process is told, in the order of
 * each notifier. A notification is a hint: what was missed while disconnected is made up for by reading the store.
 */
export interface SubscriptionBroker {
  notify(change: SubscriptionChange, subscription: Subscription): Promise<void>;

  /** Returns how to stop listening. */
  onChange(listener: SubscriptionListener): Promise<() => Promise<void>>;

  /** Calls `listener` whenever notifications may have been missed, so that the store is to be read again. */
  onGap(listener: () => void): void;
}

/** Notifications within one process: the default. Contexts that share it hear of each other. */
export class LocalSubscriptionBroker implements SubscriptionBroker {
  readonly #listeners = new Set<SubscriptionListener>();

  async notify(change: SubscriptionChange, subscription: Subscription): Promise<void> {
    for (const listener of this.#listeners) listener(change, subscription);
  }

  async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
    this.#listeners.add(listener);
    return async () => {
      this.#listeners.delete(listener);
    };
  }

  onGap(): void {
    // A function call cannot be missed.
  }
}
