import type { BackendServices, Subscriptions } from '@ndomain/core';
import type { AzureTarget } from './azure-options.ts';
import { AzureInbox } from './bus/azure-inbox.ts';
import { AzureSubscriptionBroker } from './bus/azure-subscription-broker.ts';
import { AzureSubscriptionStore } from './bus/azure-subscription-store.ts';
import { AzureConnection } from './connection/azure-connection.ts';
import { AzureLeases } from './azure-leases.ts';
import { AzureEventStoreDb } from './event-sourcing/azure-event-store-db.ts';
import { AzureSnapshotStore } from './event-sourcing/azure-snapshot-store.ts';
import { checkContainerName, checkTableName, containerNames, DEFAULT_PREFIX, tableNames } from './names.ts';
import { AzureQueryStore } from './projections/azure-query-store.ts';

/** A storage account, or a connection to one that several parts share. */
export type AzureGiven = AzureTarget | AzureConnection;

/** Where a part keeps its rows. */
export interface AzureTableOptions {
  /**
   * The table: 3 to 63 letters and digits, the first a letter. It is made when it is first used.
   * @default the name that `azureStorage(…)` with the prefix 'ndomain' gives it, such as 'ndomainEvents'
   */
  readonly table?: string | undefined;
}

/** Where read models are kept. */
export interface AzureContainerOptions {
  /**
   * The container: 3 to 63 of a-z, 0-9 and '-'. It is made when it is first used.
   * @default 'ndomain-queries'
   */
  readonly container?: string | undefined;
}

/** Where subscriptions are kept, and how soon processes hear of changes. */
export interface AzureSubscriptionsOptions extends AzureTableOptions {
  /**
   * How often a process looks for changes of other processes, in milliseconds, at least 10. Each look is one request.
   * @default 5_000
   */
  readonly pollEveryMs?: number | undefined;
}

/** Events on Azure Tables: `.eventSourcing(c => c.store(azureTableEvents(account, { table: 'ShopEvents' })))`. Throws `ND_INVALID_OPTION`. */
export function azureTableEvents(
  given: AzureGiven,
  { table = tableNames.events(DEFAULT_PREFIX) }: AzureTableOptions = {},
): (services: BackendServices) => AzureEventStoreDb {
  const connection = connected(given);
  checkTableName(table, 'table');
  return (services) => new AzureEventStoreDb(connection, table, services);
}

/** Snapshots on Azure Tables. Throws `ND_INVALID_OPTION`. */
export function azureSnapshots(
  given: AzureGiven,
  { table = tableNames.snapshots(DEFAULT_PREFIX) }: AzureTableOptions = {},
): AzureSnapshotStore {
  return new AzureSnapshotStore(connected(given), table);
}

/** An inbox on Azure Tables. Throws `ND_INVALID_OPTION`. */
export function azureInbox(
  given: AzureGiven,
  { table = tableNames.inbox(DEFAULT_PREFIX) }: AzureTableOptions = {},
): (services: BackendServices) => AzureInbox {
  const connection = connected(given);
  checkTableName(table, 'table');
  return ({ clock }) => new AzureInbox(connection, table, clock);
}

/** Leases on Azure Tables. Throws `ND_INVALID_OPTION`. */
export function azureLeases(
  given: AzureGiven,
  { table = tableNames.leases(DEFAULT_PREFIX) }: AzureTableOptions = {},
): (services: BackendServices) => AzureLeases {
  const connection = connected(given);
  checkTableName(table, 'table');
  return ({ clock }) => new AzureLeases(connection, table, clock);
}

/** Subscriptions and the news of them on Azure Tables, so that Azure alone is enough. Throws `ND_INVALID_OPTION`. */
export function azureSubscriptions(
  given: AzureGiven,
  { table = tableNames.subscriptions(DEFAULT_PREFIX), pollEveryMs }: AzureSubscriptionsOptions = {},
): (services: BackendServices) => Subscriptions {
  const connection = connected(given);
  const store = new AzureSubscriptionStore(connection, table);
  return (services) => ({ store, broker: new AzureSubscriptionBroker(connection, table, services, pollEveryMs) });
}

/** Read models on Azure Blobs. Throws `ND_INVALID_OPTION`. */
export function azureBlobQueries(
  given: AzureGiven,
  { container = containerNames.queries(DEFAULT_PREFIX) }: AzureContainerOptions = {},
): (services: BackendServices) => AzureQueryStore {
  const connection = connected(given);
  checkContainerName(container, 'container');
  return ({ clock }) => new AzureQueryStore(connection, container, clock);
}

function connected(given: AzureGiven): AzureConnection {
  return given instanceof AzureConnection ? given : new AzureConnection(given);
}
