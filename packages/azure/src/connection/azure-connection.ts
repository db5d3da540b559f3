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
  readonly #tables = new Map<string, AzureTable>();
  readonly #queues = new Map<string, AzureQueue>();
  readonly #containers = new Map<string, AzureContainer>();

  /** Throws `ND_INVALID_OPTION`. */
  constructor(target: AzureTarget) {
    const account = checkedAccount(target);
    this.#clients = clientsOf(account);
    this.#timeoutMs = account.operationTimeoutMs;
  }

  /** Throws `ND_INVALID_OPTION` for a name that the service refuses. */
  table(name: string, whenMissing: WhenMissing): AzureTable {
    checkTableName(name);
    return this.#resource(this.#tables, TABLE, name, whenMissing, () => this.#clients.tables(name));
  }

  /** Throws `ND_INVALID_OPTION` for a name that the service refuses. */
  queue(name: string, whenMissing: WhenMissing): AzureQueue {
    checkQueueName(name);
    return this.#resource(this.#queues, QUEUE, name, whenMissing, () => this.#clients.queues.getQueueClient(name));
  }

  /** Throws `ND_INVALID_OPTION` for a name that the service refuses. */
  container(name: string, whenMissing: WhenMissing): AzureContainer {
    checkContainerName(name);
    const make = (): ContainerClient => this.#clients.blobs.getContainerClient(name);
    return this.#resource(this.#containers, CONTAINER, name, whenMissing, make);
  }

  /** The same one for a name each time, so that it is made once. */
  #resource<Client extends { readonly url: string }>(
    known: Map<string, AzureResource<Client>>,
    kind: ResourceKind<Client>,
    name: string,
    whenMissing: WhenMissing,
    make: () => Client,
  ): AzureResource<Client> {
    const key = `${whenMissing} ${name}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const client = make();
    // Of a shared access signature the query is a secret.
    const url = client.url.replace(/\?.*$/s, '');
    const address = url.endsWith(`/${name}`) ? url : `${url}/${name}`;
    const resource = new AzureResource(kind, name, client, { address, whenMissing, timeoutMs: this.#timeoutMs });
    known.set(key, resource);
    return resource;
  }
}
