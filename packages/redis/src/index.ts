// The public surface: what is not listed here cannot be reached.

export { redis, type RedisBackend } from './redis.ts';
export {
  redisEvents,
  redisInbox,
  redisLeases,
  redisQueryStore,
  redisSnapshotStore,
  redisSubscriptions,
  redisTransport,
  type RedisOfUser,
} from './redis-parts.ts';
export type { RedisGiven } from './connection/clients.ts';
export { RedisConnection } from './connection/redis-connection.ts';
export { Script, type ScriptArgument, type ScriptCall } from './connection/script.ts';
export { REDIS_DEFAULTS, type RedisSettings } from './redis-settings.ts';

export { RedisEventStoreDb } from './event-sourcing/redis-event-store-db.ts';
export { RedisSnapshotStore } from './event-sourcing/redis-snapshot-store.ts';
export { RedisInbox } from './bus/redis-inbox.ts';
export { RedisSubscriptionBroker } from './bus/redis-subscription-broker.ts';
export { RedisSubscriptionStore } from './bus/redis-subscription-store.ts';
export { RedisQueryStore } from './projections/redis-query-store.ts';
export { RedisLeases } from './redis-leases.ts';
export { RedisTransport } from './bus/transport/redis-transport.ts';
