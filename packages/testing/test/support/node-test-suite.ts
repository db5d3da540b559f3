// Run by suite.test.ts in a process of its own: plain Node, its own test runner, no build.
import { describe, it } from 'node:test';
import { LocalSnapshotStore, LocalTransport } from '@ndomain/core';
import { snapshotStoreSuite, transportSuite, VirtualClock, virtualTime } from '@ndomain/testing';

snapshotStoreSuite(
  {
    name: 'under node:test',
    create() {
      const store = new LocalSnapshotStore();
      return { first: store, second: store };
    },
  },
  { describe, it },
);

transportSuite(
  {
    name: 'under node:test',
    create() {
      const clock = new VirtualClock();
      const transport = new LocalTransport(clock);
      return { first: transport, second: transport, time: virtualTime(clock) };
    },
    capabilities: { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' },
    leaseMs: 1_000,
  },
  { describe, it },
);
