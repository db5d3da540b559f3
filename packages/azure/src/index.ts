// The public surface: what is not listed here cannot be reached.
export type { AzureAccount, AzureClients, AzureCredential, AzureEndpoints, AzureTarget } from './azure-options.ts';
export { CONNECTION_DEFAULTS } from './azure-options.ts';
export { AzureConnection } from './connection/azure-connection.ts';
export type { AzureContainer, AzureQueue, AzureTable } from './connection/azure-connection.ts';
export { AzureEventStoreDb } from './event-sourcing/azure-event-store-db.ts';

export {
  AZURE_QUEUES_DEFAULTS,
  AzureQueueTransport,
  type AzureQueuesOptions,
} from './bus/queues/azure-queue-transport.ts';
