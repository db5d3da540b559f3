import { QueueServiceClient } from '@azure/storage-queue';
import { TableClient } from '@azure/data-tables';
import type { Transport } from '@ndomain/core';
import { AzureConnection, AzureQueueTransport, type AzureQueuesOptions } from '@ndomain/azure';
import { realTime, type TransportBackend } from '@ndomain/testing';
import { freshPrefix } from '../support/names.ts';

/** The lane that stands for "no partition" where a whole suite is held against one lane. */
export const LANE = 9;

/** Two transports with names of their own on one account, as two processes have them. */
export class TwoTransports implements TransportBackend {
  readonly prefix = freshPrefix();
  /** Whole seconds are what leases and delays are counted in; the rest is what a request takes. */
  readonly time = realTime({ toleranceMs: 1_100 });
  readonly first: Transport;
  readonly second: Transport;
  readonly #connectionString: string;
  readonly #opened: AzureQueueTransport[] = [];
  readonly #wrap: (transport: AzureQueueTransport) => Transport;

  constructor(
    connectionString: string,
    wrap: (transport: AzureQueueTransport) => Transport = (transport) => transport,
  ) {
    this.#connectionString = connectionString;
    this.#wrap = wrap;
    this.first = this.open();
    this.second = this.open();
  }

  /** One after the other, messages arrive in the order of sending on Azurite: so the cases see what they put in. */
  open(options: AzureQueuesOptions = { sendsAtOnce: 1 }): Transport {
    const connection = new AzureConnection(this.#connectionString);
    const transport = new AzureQueueTransport(connection, { ...options, prefix: this.prefix });
    this.#opened.push(transport);
    return this.#wrap(transport);
  }

  async close(): Promise<void> {
    for (const transport of this.#opened) await transport[Symbol.asyncDispose]();
  }

  async restart(): Promise<Transport> {
    await this.close();
    return this.open();
  }

  /** Past all our code. */
  async injectIntoQueue(endpoint: string, raw: string): Promise<void> {
    const queues = QueueServiceClient.fromConnectionString(this.#connectionString);
    const queue = queues.getQueueClient(`${this.prefix}-${endpoint}`);
    await queue.createIfNotExists();
    await queue.sendMessage(raw);
  }

  async injectIntoLane(endpoint: string, raw: string): Promise<void> {
    const table = TableClient.fromConnectionString(this.#connectionString, `${this.prefix}Queues`, {
      allowInsecureConnection: true,
    });
    await table.createTable();
    await table.createEntity({
      partitionKey: `${endpoint}-lanes`,
      rowKey: `msg-000${LANE}-4999999999999999`,
      Body: Buffer.from(raw),
      Deliveries: 0,
      VisibleAt: '0'.repeat(16),
      IsLeased: false,
    });
  }
}

/** The same transport, with what belongs to no partition in one: so a suite that knows nothing of partitions proves them. */
export function inOneLane(transport: AzureQueueTransport): Transport {
  const { capabilities } = transport;
  return {
    capabilities,
    send: (messages) =>
      transport.send(messages.map((message) => ({ ...message, partition: message.partition ?? LANE }))),
    receiver: (endpoint, options) => transport.receiver(endpoint, { ...options, partition: options.partition ?? LANE }),
    deadLetters: (endpoint) => transport.deadLetters(endpoint),
    figures: (endpoint) => transport.figures(endpoint),
    checkEndpointName: (endpoint) => transport.checkEndpointName(endpoint),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** What a case is given, as what it was made as. */
export function ours(backend: TransportBackend): TwoTransports {
  if (backend instanceof TwoTransports) return backend;
  throw new Error('made by somebody else');
}
