import type { Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Subscription } from './subscription.ts';
import type { SubscriptionBroker, SubscriptionChange } from './subscription-broker.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/** How long "nobody subscribes to this" is believed before the store is asked again, in milliseconds. */
const BELIEVE_ABSENCE_MS = 5_000;
const NOBODY: readonly Subscription[] = [];

type Heard = readonly [SubscriptionChange, Subscription];

/**
 * What makes the bus brokerless: every process knows all subscriptions and writes straight into the queues. A cache over store
 * and broker; resolving a topic is one look into a Map.
 */
export class SubscriptionManager {
  readonly #store: SubscriptionStore;
  readonly #broker: SubscriptionBroker;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #byTopic = new Map<string, readonly Subscription[]>();
  readonly #absentUntil = new Map<string, number>();
  readonly #heardWhileReading = new Set<Heard[]>();
  #stopListening: (() => Promise<void>) | undefined;

  constructor(store: SubscriptionStore, broker: SubscriptionBroker, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#broker = broker;
    this.#clock = clock;
    this.#logger = logger;
  }

  async start(): Promise<void> {
    // Listen first: what changes while the store is read is then heard of.
    this.#stopListening = await this.#broker.onChange((change, subscription) => {
      for (const heard of this.#heardWhileReading) heard.push([change, subscription]);
      this.#change(change, subscription);
    });
    this.#broker.onGap(() => void this.#resync());
    await this.#readAll();
  }

  async stop(): Promise<void> {
    await this.#stopListening?.();
  }

  /** Those who want a topic, as far as this process knows. */
  resolve(topic: string): readonly Subscription[] {
    return this.#byTopic.get(topic) ?? NOBODY;
  }

  /** True when the store, asked a moment ago, knew nobody who wants a topic. */
  isKnownAbsent(topic: string): boolean {
    const until = this.#absentUntil.get(topic);
    return until !== undefined && until > this.#clock.monotonic();
  }

  /** Those who want a topic, as the store knows them. */
  async resolveAgain(topic: string): Promise<readonly Subscription[]> {
    for (const subscription of await this.#store.getByTopic(topic)) this.#change('added', subscription);
    const found = this.resolve(topic);
    if (found.length === 0) this.#absentUntil.set(topic, this.#clock.monotonic() + BELIEVE_ABSENCE_MS);
    return found;
  }

  /** The subscriptions of an endpoint, as far as this process knows. */
  ofEndpoint(endpoint: string): readonly Subscription[] {
    return [...this.#byTopic.values()].flat().filter((subscription) => subscription.endpoint === endpoint);
  }

  /** Whether a component on an endpoint wants a topic, as far as this process knows. */
  isKnown(topic: string, endpoint: string, component: string): boolean {
    return this.resolve(topic).some((each) => each.endpoint === endpoint && each.component === component);
  }

  /**
   * Adds what is missing of an endpoint's subscriptions, and tells the others. What other processes want there stays (G14): they may run another
   * version of the program.
   */
  async add(endpoint: string, wanted: readonly Subscription[]): Promise<void> {
    const known = new Map((await this.#store.getByEndpoint(endpoint)).map((each) => [each.id, each]));
    for (const subscription of wanted) {
      const before = known.get(subscription.id);
      if (before !== undefined && before.partitions !== subscription.partitions) await this.remove(before);
      await this.#store.add(subscription);
      // Also when it was there already: whoever added it may have died before it told the others.
      await this.#broker.notify('added', subscription);
      this.#change('added', subscription);
    }
  }

  /** Returns whether it was there. */
  async remove(subscription: Subscription): Promise<boolean> {
    if (!(await this.#store.remove(subscription))) return false;
    await this.#broker.notify('removed', subscription);
    this.#change('removed', subscription);
    return true;
  }

  async #resync(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      this.#logger.error({ err: error }, `subscriptions could not be read again: ${messageOf(error)}`);
    }
  }

  async #readAll(): Promise<void> {
    const heard: Heard[] = [];
    this.#heardWhileReading.add(heard);
    try {
      const all = await this.#store.getAll();
      this.#byTopic.clear();
      this.#absentUntil.clear();
      for (const subscription of all) this.#change('added', subscription);
      // What was heard of meanwhile may be newer than what was read.
      for (const [change, subscription] of heard) this.#change(change, subscription);
    } finally {
      this.#heardWhileReading.delete(heard);
    }
  }

  #change(change: SubscriptionChange, subscription: Subscription): void {
    const others = this.resolve(subscription.topic).filter(({ id }) => id !== subscription.id);
    this.#absentUntil.delete(subscription.topic);
    this.#byTopic.set(subscription.topic, change === 'added' ? [...others, subscription] : others);
  }
}
