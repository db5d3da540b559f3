import assert from 'node:assert/strict';
import { subscriptionOf, type Subscription, type SubscriptionStore } from '@ndomain/core';
import { registerSuite, type Case, type SuiteSetup, type TestRunner } from '../suite.ts';
import { range } from '../support/events.ts';

/** An empty storage of subscriptions, opened twice. */
export interface SubscriptionStoreBackend {
  readonly first: SubscriptionStore;
  /** Another instance on the same storage, as another process has. */
  readonly second: SubscriptionStore;
}

export type SubscriptionStoreSetup = SuiteSetup<SubscriptionStoreBackend>;

const A = subscriptionOf('OrderPlaced', 'sales', 'Stock');
const B = subscriptionOf('OrderPlaced', 'mail', 'Confirmation');
const C = subscriptionOf('SaleCreated', 'sales', 'Stock');

const CASES: readonly Case<SubscriptionStoreBackend, SubscriptionStoreSetup>[] = [
  {
    name: 'an empty store has no subscriptions',
    async run({ first }) {
      assert.deepEqual(await first.getAll(), []);
      assert.deepEqual(await first.getByTopic('OrderPlaced'), []);
      assert.deepEqual(await first.getByEndpoint('sales'), []);
    },
  },
  {
    name: 'adding and removing say whether they changed anything',
    async run({ first, second }) {
      assert.equal(await first.add(A), true);
      assert.equal(await second.add(A), false);
      assert.equal(await second.remove(A), true);
      assert.equal(await first.remove(A), false);
      assert.equal(await first.remove(B), false);
      assert.equal(await first.add(A), true);
    },
  },
  {
    name: 'subscriptions are found: all, by topic, by endpoint',
    async run({ first, second }) {
      for (const subscription of [A, B, C]) await first.add(subscription);
      assertSame(await second.getAll(), [A, B, C]);
      assertSame(await second.getByTopic('OrderPlaced'), [A, B]);
      assertSame(await second.getByTopic('SaleCreated'), [C]);
      assertSame(await second.getByEndpoint('sales'), [A, C]);
      assertSame(await second.getByEndpoint('mail'), [B]);
      assertSame(await second.getByTopic('Order'), []);
      await second.remove(A);
      assertSame(await first.getAll(), [B, C]);
      assertSame(await first.getByTopic('OrderPlaced'), [B]);
      assertSame(await first.getByEndpoint('sales'), [C]);
    },
  },
  {
    name: 'of many who add or remove the same subscription at once exactly one has changed something',
    async run({ first, second }) {
      const stores = range(1, 20).map((i) => (i % 2 === 0 ? first : second));
      const added = await Promise.all(stores.map((store) => store.add(A)));
      assert.equal(added.filter(Boolean).length, 1);
      assertSame(await first.getAll(), [A]);
      const removed = await Promise.all(stores.map((store) => store.remove(A)));
      assert.equal(removed.filter(Boolean).length, 1);
      assertSame(await second.getAll(), []);
    },
  },
  {
    name: 'parts that hold the separator, or anything else, are not mixed up',
    async run({ first, second }) {
      const odd = [
        subscriptionOf('a/b', 'c', 'd'),
        subscriptionOf('a', 'b/c', 'd'),
        subscriptionOf('a', 'b', 'c/d'),
        subscriptionOf('a%2Fb', 'c', 'd'),
        subscriptionOf('a', 'b:c', 'd|e'),
        subscriptionOf('a*', 'c', 'd'),
        subscriptionOf('Ünï', '日本', "it's"),
        subscriptionOf('ünï', '日本', "it's"),
      ];
      for (const subscription of odd) assert.equal(await first.add(subscription), true, subscription.id);
      assertSame(await second.getAll(), odd);
      for (const subscription of odd) {
        const found = await second.getByTopic(subscription.topic);
        assert.ok(found.some(({ id }) => id === subscription.id));
        assert.ok(found.every(({ topic }) => topic === subscription.topic));
      }
      assert.equal((await second.getByEndpoint('c')).length, 3);
    },
  },
  {
    name: 'many subscriptions are all found',
    async run({ first, second }) {
      const many = range(1, 300).map((i) => subscriptionOf(`Topic${i % 30}`, `endpoint-${i % 7}`, `Component${i}`));
      for (const subscription of many) await first.add(subscription);
      assertSame(await second.getAll(), many);
      assert.equal((await second.getByTopic('Topic3')).length, 10);
    },
  },
];

function assertSame(actual: readonly Subscription[], expected: readonly Subscription[]): void {
  const sorted = (list: readonly Subscription[]): Subscription[] => list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  assert.deepEqual(sorted(actual.map(plain)), sorted(expected.map(plain)));
}

/** Without what a storage may add. */
function plain(subscription: Subscription): Subscription {
  const kept = Object.keys(A).map((key) => [key, Reflect.get(subscription, key) as unknown]);
  return Object.fromEntries(kept) as Subscription;
}

/** Registers everything that a storage of subscriptions has to prove. */
export function subscriptionStoreSuite(setup: SubscriptionStoreSetup, runner: TestRunner): void {
  registerSuite('subscription store', CASES, setup, runner);
}
