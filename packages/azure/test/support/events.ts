import { AzureConnection, AzureEventStoreDb, type AzureTable } from '@ndomain/azure';
import { consoleLogger, systemClock, type AggregateEvent, type Clock } from '@ndomain/core';
import { freshPrefix } from './names.ts';
import type { StorageProxy } from './storage-proxy.ts';

const HEAD = 'h';

/** One table of events, and processes that have it open. */
export class EventsTable {
  readonly name = `${freshPrefix()}Events`;
  readonly #proxy: StorageProxy;

  constructor(proxy: StorageProxy) {
    this.#proxy = proxy;
  }

  /** Another process. */
  open(clock: Clock = systemClock): AzureEventStoreDb {
    const connection = new AzureConnection(this.#proxy.connectionString);
    return new AzureEventStoreDb(connection, this.name, { clock, logger: consoleLogger });
  }

  /** The table itself, past all our code. */
  get raw(): AzureTable {
    return new AzureConnection(this.#proxy.connectionString).table(this.name, 'fail');
  }

  /** What the head of a stream knows of transactions. */
  async seen(partitionKey: string): Promise<Uint8Array> {
    const { Seen } = await this.raw.client.getEntity<{ Seen: Uint8Array }>(partitionKey, HEAD);
    return Seen;
  }

  async setSeen(partitionKey: string, seen: Uint8Array): Promise<void> {
    await this.raw.client.updateEntity({ partitionKey, rowKey: HEAD, Seen: seen }, 'Merge');
  }

  /** How many rows the index has. */
  async indexed(): Promise<number> {
    let rows = 0;
    const filter = "PartitionKey ge '+' and PartitionKey lt ','";
    for await (const _ of this.raw.client.listEntities({ queryOptions: { filter } })) rows++;
    return rows;
  }
}

/** Events that follow `version`, one for each payload. */
export function eventsAfter(version: number, payloads: readonly unknown[], aggregateId = '1'): AggregateEvent[] {
  return payloads.map((payload, i) => ({
    aggregateId,
    sequenceId: version + i + 1,
    date: new Date(0),
    name: 'Noted',
    revision: 1,
    payload,
    transactionId: '',
    metadata: {},
  }));
}
