// The public surface: what is not listed here cannot be reached.

export { sqlite, type SqliteBackend } from './sqlite.ts';
export { SqliteDatabase } from './database/sqlite-database.ts';
export { SQLITE_DEFAULTS, type SqliteOptions } from './sqlite-options.ts';

export { SqliteEventStoreDb } from './event-sourcing/sqlite-event-store-db.ts';
export { SqliteSnapshotStore } from './event-sourcing/sqlite-snapshot-store.ts';
export { SqliteInbox } from './bus/sqlite-inbox.ts';
export { SqliteSubscriptionBroker } from './bus/sqlite-subscription-broker.ts';
export { SqliteSubscriptionStore } from './bus/sqlite-subscription-store.ts';
export { SqliteTransport } from './bus/sqlite-transport.ts';
export { SqliteQueryStore } from './projections/sqlite-query-store.ts';
export { SqliteLeases } from './sqlite-leases.ts';
