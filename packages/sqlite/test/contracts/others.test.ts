import {
  SqliteInbox,
  SqliteLeases,
  SqliteQueryStore,
  SqliteSnapshotStore,
  SqliteSubscriptionBroker,
  SqliteSubscriptionStore,
} from '@ndomain/sqlite';
import {
  inboxSuite,
  leasesSuite,
  queryStoreSuite,
  realTime,
  snapshotStoreSuite,
  subscriptionBrokerSuite,
  subscriptionStoreSuite,
} from '@ndomain/testing';
import { describe, it } from 'vitest';
import { closeFile, onTwo } from '../support/files.ts';

const runner = { describe, it };
const cleanUp = closeFile;

snapshotStoreSuite(
  {
    name: 'SqliteSnapshotStore',
    create: () => onTwo((database) => new SqliteSnapshotStore(database)),
    cleanUp,
  },
  runner,
);

subscriptionStoreSuite(
  {
    name: 'SqliteSubscriptionStore',
    create: () => onTwo((database) => new SqliteSubscriptionStore(database)),
    cleanUp,
  },
  runner,
);

subscriptionBrokerSuite(
  {
    name: 'SqliteSubscriptionBroker',
    create: () => onTwo((database) => new SqliteSubscriptionBroker(database)),
    cleanUp,
  },
  runner,
);

queryStoreSuite(
  {
    name: 'SqliteQueryStore',
    create: () => ({ ...onTwo((database) => new SqliteQueryStore(database)), time: realTime() }),
    cleanUp,
  },
  runner,
);

leasesSuite(
  {
    name: 'SqliteLeases',
    create: () => ({ ...onTwo((database) => new SqliteLeases(database)), time: realTime({ toleranceMs: 20 }) }),
    cleanUp,
    durationMs: 300,
  },
  runner,
);

inboxSuite(
  {
    name: 'SqliteInbox',
    create: () => ({ ...onTwo((database) => new SqliteInbox(database)), time: realTime() }),
    cleanUp,
  },
  runner,
);
