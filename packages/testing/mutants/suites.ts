import {
  LocalEventStoreDb,
  LocalInbox,
  LocalLeases,
  LocalQueryStore,
  LocalSnapshotStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  LocalTransport,
  type Clock,
} from '@ndomain/core';
import {
  eventStoreSuite,
  inboxSuite,
  leasesSuite,
  queryStoreSuite,
  snapshotStoreSuite,
  subscriptionBrokerSuite,
  subscriptionStoreSuite,
  transportSuite,
  VirtualClock,
  virtualTime,
  type SuiteTime,
  type TestRunner,
} from '@ndomain/testing';
import { EVENT_STORE_MUTANTS } from './event-store-mutants.ts';
import type { Mutant, Original } from './mutant.ts';
import { firstFailure } from './run-case.ts';
import {
  INBOX_MUTANTS,
  LEASES_MUTANTS,
  QUERY_STORE_MUTANTS,
  SNAPSHOT_STORE_MUTANTS,
  SUBSCRIPTION_BROKER_MUTANTS,
  SUBSCRIPTION_STORE_MUTANTS,
} from './store-mutants.ts';
import { TRANSPORT_MUTANTS } from './transport-mutants.ts';

type Make<T> = new (clock: Clock) => T;

interface Pair<T> {
  readonly first: T;
  readonly second: T;
}

interface Timed<T> extends Pair<T> {
  readonly time: SuiteTime;
}

const name = 'a mutant';

/** Runs a contract suite against what a class makes. */
function held<T>(
  suite: string,
  mutants: Readonly<Record<string, Make<T>>>,
  original: Make<T>,
  run: (create: () => Timed<T>, runner: TestRunner) => void,
): { mutants: Mutant[]; original: Original } {
  const caughtBy = (make: Make<T>) => (): Promise<string | undefined> =>
    firstFailure((runner) => {
      const create = (): Timed<T> => {
        const clock = new VirtualClock();
        const instance = new make(clock);
        return { first: instance, second: instance, time: virtualTime(clock) };
      };
      // One that cannot be made is no mutant.
      create();
      run(create, runner);
    });
  return {
    mutants: Object.entries(mutants).map(([each, make]) => ({ name: each, suite, caughtBy: caughtBy(make) })),
    original: { suite, caughtBy: caughtBy(original) },
  };
}

const EVENT_STORE = { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity } as const;
const TRANSPORT = { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' } as const;

const SUITES = [
  held('event store', EVENT_STORE_MUTANTS, LocalEventStoreDb, (create, runner) =>
    eventStoreSuite({ name, create, capabilities: EVENT_STORE, longestStream: 2_000 }, runner),
  ),
  held('transport', TRANSPORT_MUTANTS, LocalTransport, (create, runner) =>
    transportSuite({ name, create, capabilities: TRANSPORT, leaseMs: 10_000 }, runner),
  ),
  held('query store', QUERY_STORE_MUTANTS, LocalQueryStore, (create, runner) =>
    queryStoreSuite({ name, create }, runner),
  ),
  held('leases', LEASES_MUTANTS, LocalLeases, (create, runner) =>
    leasesSuite({ name, create, durationMs: 10_000 }, runner),
  ),
  held('inbox', INBOX_MUTANTS, LocalInbox, (create, runner) => inboxSuite({ name, create }, runner)),
  held('snapshot store', SNAPSHOT_STORE_MUTANTS, LocalSnapshotStore, (create, runner) =>
    snapshotStoreSuite({ name, create }, runner),
  ),
  held('subscription store', SUBSCRIPTION_STORE_MUTANTS, LocalSubscriptionStore, (create, runner) =>
    subscriptionStoreSuite({ name, create }, runner),
  ),
  held('subscription broker', SUBSCRIPTION_BROKER_MUTANTS, LocalSubscriptionBroker, (create, runner) =>
    subscriptionBrokerSuite({ name, create }, runner),
  ),
];

export const SUITE_MUTANTS: readonly Mutant[] = SUITES.flatMap(({ mutants }) => mutants);
export const SUITE_ORIGINALS: readonly Original[] = SUITES.map(({ original }) => original);
