import assert from 'node:assert/strict';
import { subscriptionOf, type SubscriptionBroker } from '@ndomain/core';
import { eventually } from '../../time/eventually.ts';
import { registerSuite, type Case, type SuiteSetup, type TestRunner } from '../suite.ts';
import { range } from '../support/events.ts';

/** A broker, opened twice. */
export interface SubscriptionBrokerBackend {
  readonly first: SubscriptionBroker;
  /** Another instance on the same broker, as another process has. */
  readonly second: SubscriptionBroker;
}

export interface SubscriptionBrokerSetup extends SuiteSetup<SubscriptionBrokerBackend> {
  /** Breaks the connections of all instances and lets them come back. Absent: those cases are skipped. */
  readonly interrupt?: (backend: SubscriptionBrokerBackend) => Promise<void>;
}

const A = subscriptionOf('OrderPlaced', 'sales', 'Stock');

const CASES: readonly Case<SubscriptionBrokerBackend, SubscriptionBrokerSetup>[] = [
  {
    name: 'every listener in every process is told, also in the one that notifies',
    async run({ first, second }) {
      const listeners = await Promise.all([listen(first), listen(first), listen(second)]);
      await first.notify('added', A);
      await second.notify('removed', A);
      for (const heard of listeners) {
        await eventually(() => assert.deepEqual(heard.toSorted(), [`added ${A.id}`, `removed ${A.id}`]));
      }
    },
  },
  {
    name: 'what is told is complete',
    async run({ first, second }) {
      const odd = subscriptionOf('a/b', 'Ünï 日本', "it's: {%}");
      const heard: unknown[] = [];
      await second.onChange((change, subscription) => {
        heard.push([change, { ...subscription }]);
      });
      await first.notify('removed', odd);
      await eventually(() => assert.deepEqual(heard, [['removed', { ...odd }]]));
    },
  },
  {
    name: 'G5 the notifications of one process are heard in its order',
    async run({ first, second }) {
      const heard = await listen(second);
      const told = range(1, 200).map((i) => subscriptionOf('T', 'e', String(i)));
      for (const subscription of told) await first.notify('added', subscription);
      await eventually(() =>
        assert.deepEqual(
          heard,
          told.map(({ id }) => `added ${id}`),
        ),
      );
    },
  },
  {
    name: 'who has stopped listening is told nothing, and the others still are',
    async run({ first, second }) {
      const stopped: string[] = [];
      const stop = await second.onChange((change) => stopped.push(change));
      const heard = await listen(second);
      await stop();
      await stop();
      await first.notify('added', A);
      await eventually(() => assert.equal(heard.length, 1));
      assert.deepEqual(stopped, []);
    },
  },
  {
    name: 'notifying works when nobody listens',
    async run({ first }) {
      await first.notify('added', A);
    },
  },
  {
    name: 'G12 after a broken connection listeners are told again, and that they may have missed something',
    unless: ({ interrupt }) => interrupt === undefined && 'the setup cannot break its connection',
    async run(backend, { interrupt }) {
      const { first, second } = backend;
      let gaps = 0;
      second.onGap(() => gaps++);
      const heard = await listen(second);
      await interrupt?.(backend);
      await eventually(() => gaps > 0, { timeoutMs: 20_000 });
      await eventually(
        async () => {
          await first.notify('added', A);
          return heard.length > 0;
        },
        { timeoutMs: 20_000, everyMs: 100 },
      );
    },
  },
];

async function listen(broker: SubscriptionBroker): Promise<string[]> {
  const heard: string[] = [];
  await broker.onChange((change, { id }) => heard.push(`${change} ${id}`));
  return heard;
}

/** Registers everything that a broker of subscriptions has to prove. */
export function subscriptionBrokerSuite(setup: SubscriptionBrokerSetup, runner: TestRunner): void {
  registerSuite('subscription broker', CASES, setup, runner);
}
