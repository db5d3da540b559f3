import type { Backend, BackendServices } from '@ndomain/core';
import { SqliteInbox } from './bus/sqlite-inbox.ts';
import { SqliteSubscriptionBroker } from './bus/sqlite-subscription-broker.ts';
import { SqliteSubscriptionStore } from './bus/sqlite-subscription-store.ts';
import { SqliteTransport } from './bus/sqlite-transport.ts';
import { SqliteDatabase } from './database/sqlite-database.ts';
import { SqliteEventStoreDb } from './event-sourcing/sqlite-event-store-db.ts';
import { SqliteSnapshotStore } from './event-sourcing/sqlite-snapshot-store.ts';
import { SqliteQueryStore } from './projections/sqlite-query-store.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { checkedOptions, type SqliteOptions } from './sqlite-options.ts';

/** What `sqlite(…)` provides: every seam, on one file. Each can be taken out and configured alone. */
export type SqliteBackend = Required<Backend>;

/**
 * Everything durable in one file: `DomainContext.configure().with(sqlite('shop.db'))`. The file is opened when a context starts and closed
 * when the last one that uses this value has stopped; all parts share the connection.
 *
 * Throws `ND_INVALID_OPTION`. Starting throws `ND_BACKEND_UNREACHABLE` when the file cannot be opened within ten seconds, and
 * `ND_CONFIGURATION` when it is no database, read-only, another program's, or of a newer version.
 */
export function sqlite(given: string | SqliteOptions): SqliteBackend {
  const options = checkedOptions(given);
  let database: SqliteDatabase | undefined;
  let users = 0;
  // A part that is configured alone opens the file when it is made.
  const opened = (): SqliteDatabase => (database ??= new SqliteDatabase(options));
  return {
    name: `sqlite ${options.path}`,
    async open() {
      opened();
      users++;
    },
    async close() {
      if (--users > 0) return;
      const closing = database;
      database = undefined;
      await closing?.[Symbol.asyncDispose]();
    },
    health: () => (database === undefined ? [] : [database.health]),
    eventStore: ({ clock }: BackendServices) => new SqliteEventStoreDb(opened(), clock),
    snapshots: () => new SqliteSnapshotStore(opened()),
    transport: ({ clock }: BackendServices) => new SqliteTransport(opened(), clock),
    subscriptions: ({ clock }: BackendServices) => ({
      store: new SqliteSubscriptionStore(opened()),
      broker: new SqliteSubscriptionBroker(opened(), clock),
    }),
    queries: ({ clock }: BackendServices) => new SqliteQueryStore(opened(), clock),
    inbox: ({ clock }: BackendServices) => new SqliteInbox(opened(), clock),
    leases: ({ clock }: BackendServices) => new SqliteLeases(opened(), clock),
  };
}
