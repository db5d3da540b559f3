import type { TableClient } from '@azure/data-tables';
import type { ContainerClient } from '@azure/storage-blob';
import type { QueueClient } from '@azure/storage-queue';
import { checkedAccount, type AzureClients, type AzureTarget } from '../azure-options.ts';
import { checkContainerName, checkQueueName, checkTableName } from '../names.ts';
import { AzureResource, type ResourceKind, type WhenMissing } from './azure-resource.ts';
import { clientsOf } from './clients.ts';

export type AzureTable = AzureResource<TableClient>;
export type AzureQueue = AzureResource<QueueClient>;
export type AzureContainer = AzureResource<ContainerClient>;

const TABLE: ResourceKind<TableClient> = {
  name: 'table',
  missingCode: 'TableNotFound',
  create: (client, options) => client.createTable(options),
};
const QUEUE: ResourceKind<QueueClient> = {
  name: 'queue',
  missingCode: 'QueueNotFound',
  create: (client, options) => client.createIfNotExists(options),
};
const CONTAINER: ResourceKind<ContainerClient> = {
  name: 'container',
  missingCode: 'ContainerNotFound',
  create: (client, options) => client.createIfNotExists(options),
};

/**
 * One storage account, which all parts share: tables, queues and containers by name. There is nothing to close: the SDKs keep their
 * sockets in Node's global pool.
 */
export class AzureConnection {
  readonly #clients: AzureClients;
  readonly #timeoutMs: number;

  /** Throws `ND_INVALID_OPTION`. */
  constructor(target: AzureTarget) {
    const account = checkedAccount(target);
    this.#clients = clientsOf(account);
    this.#timeoutMs = account.operationTimeoutMs;
  }

  /** Throws `ND_INVALID_OPTION` for a name that the service refuses. */
  table(name: string, whenMissing: WhenMissing): AzureTable {
    checkTableName(name);
    return this.#resource(TABLE, name, whenMissing, () => this.#clients.tables(name));
  }

  /** Throws `ND_INVALID_OPTION` for a name that the service refuses. */
  queue(name: string, whenMissing: WhenMissing): AzureQueue {
    checkQueueName(name);
    return this.#resource(QUEUE, name, whenMissing, () => this.#clients.queues.getQueueClient(name));
  }

  /** Throws `ND_INVALID_OPTION` for a name that the service refuses. */
  container(name: string, whenMissing: WhenMissing): AzureContainer {
    checkContainerName(name);
    return this.#resource(CONTAINER, name, whenMissing, () => this.#clients.blobs.getContainerClient(name));
  }

  #resource<Client extends { readonly url: string }>(
    kind: ResourceKind<Client>,
    name: string,
    whenMissing: WhenMissing,
    make: () => Client,
  ): AzureResource<Client> {
    const client = make();
    // Of a shared access signature the query is a secret.
    const address = client.url.replace(/\?.*$/s, '');
    return new AzureResource(kind, name, client, { address, whenMissing, timeoutMs: this.#timeoutMs });
  }
}
