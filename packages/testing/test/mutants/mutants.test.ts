import {
  LocalEventStoreDb,
  LocalInbox,
  LocalLeases,
  LocalQueryStore,
  LocalTransport,
  type Clock,
  type Transport,
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
  type TestRunner,
} from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { firstFailure } from './caught.ts';
import { EVENT_STORE_MUTANTS } from './event-store-mutants.ts';
import {
  INBOX_MUTANTS,
  LEASES_MUTANTS,
  QUERY_STORE_MUTANTS,
  SNAPSHOT_STORE_MUTANTS,
  SUBSCRIPTION_BROKER_MUTANTS,
  SUBSCRIPTION_STORE_MUTANTS,
} from './store-mutants.ts';
import { TRANSPORT_MUTANTS } from './transport-mutants.ts';

const name = 'a mutant';
const twice = <T>(instance: T): { first: T; second: T } => ({ first: instance, second: instance });

function eventStore(Store: typeof LocalEventStoreDb): (runner: TestRunner) => void {
  const capabilities = { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity };
  const create = () => {
    const clock = new VirtualClock();
    return { ...twice(new Store(clock)), time: virtualTime(clock) };
  };
  return (runner) => eventStoreSuite({ name, create, capabilities, longestStream: 2_000 }, runner);
}

function transport(Mutant: new (clock: Clock) => Transport): (runner: TestRunner) => void {
  const capabilities = { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' } as const;
  const create = () => {
    const clock = new VirtualClock();
    return { ...twice(new Mutant(clock)), time: virtualTime(clock) };
  };
  return (runner) => transportSuite({ name, create, capabilities, leaseMs: 10_000 }, runner);
}

function queryStore(Store: typeof LocalQueryStore): (runner: TestRunner) => void {
  const create = () => {
    const clock = new VirtualClock();
    return { ...twice(new Store(clock)), time: virtualTime(clock) };
  };
  return (runner) => queryStoreSuite({ name, create }, runner);
}

function leases(Mutant: typeof LocalLeases): (runner: TestRunner) => void {
  const create = () => {
    const clock = new VirtualClock();
    return { ...twice(new Mutant(clock)), time: virtualTime(clock) };
  };
  return (runner) => leasesSuite({ name, create, durationMs: 10_000 }, runner);
}

function inbox(Mutant: typeof LocalInbox): (runner: TestRunner) => void {
  const create = () => {
    const clock = new VirtualClock();
    return { ...twice(new Mutant(clock)), time: virtualTime(clock) };
  };
  return (runner) => inboxSuite({ name, create }, runner);
}

describe.each([
  ['event store', Object.entries(EVENT_STORE_MUTANTS).map(([what, Mutant]) => [what, eventStore(Mutant)] as const)],
  ['transport', Object.entries(TRANSPORT_MUTANTS).map(([what, Mutant]) => [what, transport(Mutant)] as const)],
  ['query store', Object.entries(QUERY_STORE_MUTANTS).map(([what, Mutant]) => [what, queryStore(Mutant)] as const)],
  ['leases', Object.entries(LEASES_MUTANTS).map(([what, Mutant]) => [what, leases(Mutant)] as const)],
  ['inbox', Object.entries(INBOX_MUTANTS).map(([what, Mutant]) => [what, inbox(Mutant)] as const)],
  [
    'snapshot store',
    Object.entries(SNAPSHOT_STORE_MUTANTS).map(
      ([what, Mutant]) =>
        [
          what,
          (runner: TestRunner) => snapshotStoreSuite({ name, create: () => twice(new Mutant()) }, runner),
        ] as const,
    ),
  ],
  [
    'subscription store',
    Object.entries(SUBSCRIPTION_STORE_MUTANTS).map(
      ([what, Mutant]) =>
        [
          what,
          (runner: TestRunner) => subscriptionStoreSuite({ name, create: () => twice(new Mutant()) }, runner),
        ] as const,
    ),
  ],
  [
    'subscription broker',
    Object.entries(SUBSCRIPTION_BROKER_MUTANTS).map(
      ([what, Mutant]) =>
        [
          what,
          (runner: TestRunner) => subscriptionBrokerSuite({ name, create: () => twice(new Mutant()) }, runner),
        ] as const,
    ),
  ],
] as const)('The suite of the %s', (_, mutants) => {
  it.each(mutants)('catches one that %s', async (__, suite) => {
    expect(await firstFailure(suite)).toBeTypeOf('string');
  });
});

describe('The suites', () => {
  it('find nothing wrong with what is right', async () => {
    expect(await firstFailure(eventStore(LocalEventStoreDb))).toBeUndefined();
    expect(await firstFailure(transport(LocalTransport))).toBeUndefined();
    expect(await firstFailure(queryStore(LocalQueryStore))).toBeUndefined();
    expect(await firstFailure(leases(LocalLeases))).toBeUndefined();
    expect(await firstFailure(inbox(LocalInbox))).toBeUndefined();
  });
});
