import type { SubscriptionBroker, SubscriptionChange, SubscriptionListener, Subscription } from '@ndomain/core';
import type { SimulatedProcess } from './simulated-process.ts';

/** The broker as one process reaches it: what is said while the process is dead is not heard. */
export class SimulatedBroker implements SubscriptionBroker {
  readonly #broker: SubscriptionBroker;
  readonly #process: SimulatedProcess;

  constructor(broker: SubscriptionBroker, process: SimulatedProcess) {
    this.#broker = broker;
    this.#process = process;
  }

  notify(change: SubscriptionChange, subscription: Subscription): Promise<void> {
    return this.#process.run('notify', () => this.#broker.notify(change, subscription));
  }

  onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
    const process = this.#process;
    return process.run('onChange', async () => {
      const stop = await this.#broker.onChange((change, subscription) => {
        if (!process.isDead) listener(change, subscription);
      });
      const closed = process.connect(() => void stop());
      return async () => {
        closed();
        await stop();
      };
    });
  }

  onGap(listener: () => void): void {
    this.#broker.onGap(listener);
  }
}
