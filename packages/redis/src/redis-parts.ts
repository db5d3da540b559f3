import type {
  EventStoreDb,
  Inbox,
  Leases,
  Provider,
  QueryStore,
  SnapshotStore,
  Subscriptions,
  Transport,
} from '@ndomain/core';
import { RedisInbox } from './bus/redis-inbox.ts';
import { RedisSubscriptionBroker } from './bus/redis-subscription-broker.ts';
import { RedisSubscriptionStore } from './bus/redis-subscription-store.ts';
import { RedisTransport } from './bus/transport/redis-transport.ts';
import type { Client } from './connection/clients.ts';
import type { RedisConnection } from './connection/redis-connection.ts';
import { sharedConnection } from './connection/shared-connections.ts';
import { RedisEventStoreDb } from './event-sourcing/redis-event-store-db.ts';
import { RedisSnapshotStore } from './event-sourcing/redis-snapshot-store.ts';
import { RedisQueryStore } from './projections/redis-query-store.ts';
import { RedisLeases } from './redis-leases.ts';
import type { RedisSettings } from './redis-settings.ts';

/*
 * Each part alone, on a `Redis` or `Cluster` that the user made: `.bus(c => c.subscriptions(redisSubscriptions(connection)))`. Parts on the same
 * one share what they open beside it, and that is closed when the user closes theirs.
 */

/** A `Redis` or `Cluster` of ioredis, which stays its owner's to close. */
export type RedisOfUser = Client | RedisConnection;

/** Queues of messages, between all processes on the Redis, as durable as it is told to be. */
export function redisTransport(given: RedisOfUser, settings?: RedisSettings): Provider<Transport> {
  return ({ clock }) => new RedisTransport(sharedConnection(given, settings), clock);
}

/** Who wants which messages, known to all processes on the Redis. */
export function redisSubscriptions(given: RedisOfUser, settings?: RedisSettings): Provider<Subscriptions> {
  return ({ clock }) => {
    const connection = sharedConnection(given, settings);
    const store = new RedisSubscriptionStore(connection);
    return { store, broker: new RedisSubscriptionBroker(connection, clock, store) };
  };
}

/** Events in Redis, as durable as it is told to be. */
export function redisEvents(given: RedisOfUser, settings?: RedisSettings): Provider<EventStoreDb> {
  return ({ clock }) => new RedisEventStoreDb(sharedConnection(given, settings), clock);
}

export function redisSnapshotStore(given: RedisOfUser, settings?: RedisSettings): Provider<SnapshotStore> {
  return () => new RedisSnapshotStore(sharedConnection(given, settings));
}

export function redisQueryStore(given: RedisOfUser, settings?: RedisSettings): Provider<QueryStore> {
  return ({ clock }) => new RedisQueryStore(sharedConnection(given, settings), clock);
}

export function redisInbox(given: RedisOfUser, settings?: RedisSettings): Provider<Inbox> {
  return () => new RedisInbox(sharedConnection(given, settings));
}

/** Exclusive rights among all processes on the Redis, by the time of its server. */
export function redisLeases(given: RedisOfUser, settings?: RedisSettings): Provider<Leases> {
  return () => new RedisLeases(sharedConnection(given, settings));
}
