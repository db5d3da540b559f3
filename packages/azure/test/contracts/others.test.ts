import {
  AzureConnection,
  AzureInbox,
  AzureLeases,
  AzureQueryStore,
  AzureSnapshotStore,
  AzureSubscriptionBroker,
  AzureSubscriptionStore,
} from '@ndomain/azure';
import { consoleLogger, systemClock } from '@ndomain/core';
import {
  inboxSuite,
  leasesSuite,
  queryStoreSuite,
  realTime,
  snapshotStoreSuite,
  subscriptionBrokerSuite,
  subscriptionStoreSuite,
  VirtualClock,
  virtualTime,
} from '@ndomain/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshPrefix } from '../support/names.ts';
import { StorageProxy } from '../support/storage-proxy.ts';

let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  expect(proxy.violations).toEqual([]);
});

const runner = { describe, it };

/** Makes both instances of a part on names of their own. */
function onTwo<Part>(make: (connection: AzureConnection, prefix: string) => Part): { first: Part; second: Part } {
  const prefix = freshPrefix();
  const one = (): Part => make(new AzureConnection(proxy.connectionString), prefix);
  return { first: one(), second: one() };
}

snapshotStoreSuite(
  {
    name: 'AzureSnapshotStore',
    create: () => onTwo((connection, prefix) => new AzureSnapshotStore(connection, `${prefix}Snapshots`)),
  },
  runner,
);

subscriptionStoreSuite(
  {
    name: 'AzureSubscriptionStore',
    create: () => onTwo((connection, prefix) => new AzureSubscriptionStore(connection, `${prefix}Subscriptions`)),
  },
  runner,
);

subscriptionBrokerSuite(
  {
    name: 'AzureSubscriptionBroker',
    create: () =>
      onTwo((connection, prefix) => {
        const services = { clock: systemClock, logger: consoleLogger };
        return new AzureSubscriptionBroker(connection, `${prefix}Subscriptions`, services, 50);
      }),
  },
  runner,
);

queryStoreSuite(
  {
    name: 'AzureQueryStore',
    create: () => ({
      ...onTwo((connection, prefix) => new AzureQueryStore(connection, `${prefix}-queries`)),
      time: realTime({ toleranceMs: 50 }),
    }),
  },
  runner,
);

leasesSuite(
  {
    name: 'AzureLeases',
    // The service tells its time in whole seconds.
    create: () => ({
      ...onTwo((connection, prefix) => new AzureLeases(connection, `${prefix}Leases`)),
      time: realTime({ toleranceMs: 1_100 }),
    }),
    durationMs: 3_000,
  },
  runner,
);

inboxSuite(
  {
    name: 'AzureInbox',
    create: () => {
      const clock = new VirtualClock();
      return {
        ...onTwo((connection, prefix) => new AzureInbox(connection, `${prefix}Inbox`, clock)),
        time: virtualTime(clock),
      };
    },
  },
  runner,
);
