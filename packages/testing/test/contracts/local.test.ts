import {
  LocalEventStoreDb,
  LocalInbox,
  LocalLeases,
  LocalQueryStore,
  LocalSnapshotStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  LocalTransport,
} from '@ndomain/core';
import { describe, it } from 'vitest';
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
} from '@ndomain/testing';

// What lives in the process cannot be opened twice: both instances are the same.
const twice = <T>(instance: T): { first: T; second: T } => ({ first: instance, second: instance });

eventStoreSuite(
  {
    name: 'LocalEventStoreDb',
    create() {
      const clock = new VirtualClock();
      return { ...twice(new LocalEventStoreDb(clock)), time: virtualTime(clock) };
    },
    capabilities: { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity },
  },
  { describe, it },
);

snapshotStoreSuite({ name: 'LocalSnapshotStore', create: () => twice(new LocalSnapshotStore()) }, { describe, it });

transportSuite(
  {
    name: 'LocalTransport',
    create() {
      const clock = new VirtualClock();
      return { ...twice(new LocalTransport(clock)), time: virtualTime(clock) };
    },
    cleanUp: ({ first }) => first[Symbol.asyncDispose](),
    capabilities: { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' },
    leaseMs: 10_000,
  },
  { describe, it },
);

subscriptionStoreSuite(
  { name: 'LocalSubscriptionStore', create: () => twice(new LocalSubscriptionStore()) },
  { describe, it },
);

subscriptionBrokerSuite(
  { name: 'LocalSubscriptionBroker', create: () => twice(new LocalSubscriptionBroker()) },
  { describe, it },
);

queryStoreSuite(
  {
    name: 'LocalQueryStore',
    create() {
      const clock = new VirtualClock();
      return { ...twice(new LocalQueryStore(clock)), time: virtualTime(clock) };
    },
  },
  { describe, it },
);

leasesSuite(
  {
    name: 'LocalLeases',
    create() {
      const clock = new VirtualClock();
      return { ...twice(new LocalLeases(clock)), time: virtualTime(clock) };
    },
    durationMs: 10_000,
  },
  { describe, it },
);

inboxSuite(
  {
    name: 'LocalInbox',
    create() {
      const clock = new VirtualClock();
      return { ...twice(new LocalInbox(clock)), time: virtualTime(clock) };
    },
  },
  { describe, it },
);
