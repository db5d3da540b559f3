// The public surface: what is not listed here cannot be reached.
export type { AzureAccount, AzureClients, AzureCredential, AzureEndpoints, AzureTarget } from './azure-options.ts';
export { CONNECTION_DEFAULTS } from './azure-options.ts';
export { escaped as escapedId, unescaped as unescapedId } from './escaping.ts';
export { azureStorage, type AzureBackend, type AzureStorageOptions } from './azure-storage.ts';
export {
  azureBlobQueries,
  azureInbox,
  azureLeases,
  azureSnapshots,
  azureSubscriptions,
  azureTableEvents,
  type AzureContainerOptions,
  type AzureGiven,
  type AzureSubscriptionsOptions,
  type AzureTableOptions,
} from './azure-parts.ts';
export { AzureConnection } from './connection/azure-connection.ts';
export type { AzureContainer, AzureQueue, AzureTable } from './connection/azure-connection.ts';
export { AzureLeases } from './azure-leases.ts';
export { AzureInbox } from './bus/azure-inbox.ts';
export { AzureSubscriptionBroker, SUBSCRIPTION_DEFAULTS } from './bus/azure-subscription-broker.ts';
export { AzureSubscriptionStore } from './bus/azure-subscription-store.ts';
export { AzureEventStoreDb } from './event-sourcing/azure-event-store-db.ts';
export { AzureSnapshotStore } from './event-sourcing/azure-snapshot-store.ts';
export { importFromNDomain, type NDomainImport, type NDomainImportResult } from './import/import-from-ndomain.ts';
export { AzureQueryStore } from './projections/azure-query-store.ts';

export { azureQueues } from './bus/queues/azure-queues.ts';
export { AZURE_QUEUES_DEFAULTS, type AzureQueuesOptions } from './bus/queues/azure-queues-options.ts';
export { AzureQueueTransport } from './bus/queues/azure-queue-transport.ts';
