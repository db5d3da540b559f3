import {
  RedisInbox,
  RedisLeases,
  RedisQueryStore,
  RedisSnapshotStore,
  RedisSubscriptionBroker,
  RedisSubscriptionStore,
} from '@ndomain/redis';
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
import { closeRedis, cutChannels, onTwo, places } from '../support/servers.ts';

const runner = { describe, it };
const cleanUp = closeRedis;

for (const place of await places()) {
  snapshotStoreSuite(
    {
      name: `RedisSnapshotStore on ${place.name}`,
      create: () => onTwo(place, (connection) => new RedisSnapshotStore(connection)),
      cleanUp,
    },
    runner,
  );

  subscriptionStoreSuite(
    {
      name: `RedisSubscriptionStore on ${place.name}`,
      create: () => onTwo(place, (connection) => new RedisSubscriptionStore(connection)),
      cleanUp,
    },
    runner,
  );

  subscriptionBrokerSuite(
    {
      name: `RedisSubscriptionBroker on ${place.name}`,
      create: () => onTwo(place, (connection) => new RedisSubscriptionBroker(connection)),
      cleanUp,
      interrupt: () => cutChannels(place),
    },
    runner,
  );

  queryStoreSuite(
    {
      name: `RedisQueryStore on ${place.name}`,
      create: () => ({ ...onTwo(place, (connection) => new RedisQueryStore(connection)), time: realTime() }),
      cleanUp,
    },
    runner,
  );

  leasesSuite(
    {
      name: `RedisLeases on ${place.name}`,
      create: () => ({
        ...onTwo(place, (connection) => new RedisLeases(connection)),
        // A machine with much to do wakes us late.
        time: realTime({ toleranceMs: 100 }),
      }),
      cleanUp,
      durationMs: 800,
    },
    runner,
  );

  inboxSuite(
    {
      name: `RedisInbox on ${place.name}`,
      create: () => ({ ...onTwo(place, (connection) => new RedisInbox(connection)), time: realTime() }),
      cleanUp,
    },
    runner,
  );
}
