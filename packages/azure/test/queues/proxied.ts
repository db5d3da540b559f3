import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { TableClient } from '@azure/data-tables';
import { AzureConnection, AzureQueueTransport, type AzureQueuesOptions } from '@ndomain/azure';
import type { Clock } from '@ndomain/core';
import { freshPrefix } from '../support/names.ts';
import { StorageProxy } from '../support/storage-proxy.ts';

/** A transport behind a proxy that counts and lets things go wrong, and a look past both. */
export class Proxied implements AsyncDisposable {
  readonly prefix: string;
  readonly proxy: StorageProxy;
  readonly transport: AzureQueueTransport;
  readonly #connectionString: string;

  private constructor(
    proxy: StorageProxy,
    connectionString: string,
    options: AzureQueuesOptions,
    clock: Clock | undefined,
    prefix: string,
  ) {
    this.proxy = proxy;
    this.prefix = prefix;
    this.#connectionString = connectionString;
    const connection = new AzureConnection(proxy.connectionString);
    this.transport = new AzureQueueTransport(connection, { ...options, prefix: this.prefix }, clock);
  }

  static async start(
    connectionString: string,
    options: AzureQueuesOptions = {},
    clock?: Clock,
    prefix = freshPrefix(),
  ): Promise<Proxied> {
    return new Proxied(await StorageProxy.start(connectionString), connectionString, options, clock, prefix);
  }

  /** Makes everything that is made at first use, so that it is not counted. */
  async warmUp(endpoint: string): Promise<void> {
    await this.transport.figures(endpoint);
    this.proxy.reset();
  }

  get queues(): QueueServiceClient {
    return QueueServiceClient.fromConnectionString(this.#connectionString);
  }

  get table(): TableClient {
    const options = { allowInsecureConnection: true };
    return TableClient.fromConnectionString(this.#connectionString, `${this.prefix}Queues`, options);
  }

  /** The names of the bodies that are in the container. */
  async blobs(): Promise<string[]> {
    const container = this.container();
    const names: string[] = [];
    if (!(await container.exists())) return names;
    for await (const { name } of container.listBlobsFlat()) names.push(name);
    return names;
  }

  container(): ReturnType<BlobServiceClient['getContainerClient']> {
    return BlobServiceClient.fromConnectionString(this.#connectionString).getContainerClient(`${this.prefix}-messages`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }
}
