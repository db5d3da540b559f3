import type { BackendServices } from '@ndomain/core';
import type { AzureTarget } from '../../azure-options.ts';
import { AzureConnection } from '../../connection/azure-connection.ts';
import { AzureQueueTransport } from './azure-queue-transport.ts';
import { checkedQueuesOptions, type AzureQueuesOptions } from './azure-queues-options.ts';

/**
 * The bus on Azure Queues: `.bus(c => c.transport(azureQueues(connectionString)))`. Takes a storage account, or a connection to one that other
 * parts share. Throws `ND_INVALID_OPTION`.
 */
export function azureQueues(
  account: AzureTarget | AzureConnection,
  options: AzureQueuesOptions = {},
): (services: BackendServices) => AzureQueueTransport {
  const connection = account instanceof AzureConnection ? account : new AzureConnection(account);
  checkedQueuesOptions(options);
  return ({ clock }) => new AzureQueueTransport(connection, options, clock);
}
