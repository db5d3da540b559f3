import type { Backend, BackendServices } from '@ndomain/core';
import { RedisInbox } from './bus/redis-inbox.ts';
import { RedisSubscriptionBroker } from './bus/redis-subscription-broker.ts';
import { RedisSubscriptionStore } from './bus/redis-subscription-store.ts';
import { RedisTransport } from './bus/transport/redis-transport.ts';
import type { RedisGiven } from './connection/clients.ts';
import { checkServer } from './connection/check-server.ts';
import { RedisConnection } from './connection/redis-connection.ts';
import { RedisEventStoreDb } from './event-sourcing/redis-event-store-db.ts';
import { RedisSnapshotStore } from './event-sourcing/redis-snapshot-store.ts';
import { RedisQueryStore } from './projections/redis-query-store.ts';
import { RedisLeases } from './redis-leases.ts';
import type { RedisSettings } from './redis-settings.ts';

/** What `redis(…)` provides: every seam, on one Redis. Each can be taken out and configured alone. */
export type RedisBackend = Required<Omit<Backend, 'health'>>;

/**
 * Everything on one Redis, or one Redis Cluster: `DomainContext.configure().with(redis('redis://localhost:6379'))`. Connects when a context
 * starts and disconnects when the last one that uses this value has stopped; all parts share the connections. A `Redis` or `Cluster` that is
 * passed in says how to connect, and is its owner's to close.
 *
 * Throws `ND_INVALID_OPTION`, and `ND_CONFIGURATION` for a connection with a `keyPrefix`. Starting throws `ND_BACKEND_UNREACHABLE` when
 * the server cannot be reached within the time that the settings say, and `ND_CONFIGURATION` when it refuses access, is
 * older than Redis 7.0, or holds what a newer version of this package wrote.
 */
export function redis(given: RedisGiven, settings?: RedisSettings): RedisBackend {
  // It connects with its first command, so it can be made here, where what was given is checked.
  let connection: RedisConnection | undefined = new RedisConnection(given, settings);
  let users = 0;
  const opened = (): RedisConnection => (connection ??= new RedisConnection(given, settings));
  const close = async (): Promise<void> => {
    if (--users > 0) return;
    const closing = connection;
    connection = undefined;
    await closing?.[Symbol.asyncDispose]();
  };
  return {
    name: `redis ${connection.address}`,
    async open({ logger }) {
      users++;
      try {
        await opened().open();
        await checkServer(opened(), logger);
      } catch (error) {
        // Or it would go on trying to connect, and keep the process alive.
        await close();
        throw error;
      }
    },
    close,
    eventStore: ({ clock }: BackendServices) => new RedisEventStoreDb(opened(), clock),
    snapshots: () => new RedisSnapshotStore(opened()),
    transport: ({ clock }: BackendServices) => new RedisTransport(opened(), clock),
    subscriptions({ clock }: BackendServices) {
      const store = new RedisSubscriptionStore(opened());
      return { store, broker: new RedisSubscriptionBroker(opened(), clock, store) };
    },
    queries: ({ clock }: BackendServices) => new RedisQueryStore(opened(), clock),
    inbox: () => new RedisInbox(opened()),
    leases: () => new RedisLeases(opened()),
  };
}
