import {
  odata,
  type TableEntityResult,
  type TableTransactionResponse,
  type TransactionAction,
} from '@azure/data-tables';
import { codeOf } from '../../../connection/azure-errors.ts';
import type { AzureTable } from '../../../connection/azure-connection.ts';
import type { OperationOptions } from '../../../connection/azure-resource.ts';
import type { OnResponse, ServiceClock } from '../../../connection/service-clock.ts';
import { laneKey } from '../queue-names.ts';
import { pagesOf } from '../table-pages.ts';
import {
  endOf,
  HEADS,
  laneStart,
  MESSAGES,
  momentText,
  type HeadRow,
  type LaneRow,
  type StoredHead,
  type StoredLaneRow,
} from './lane-rows.ts';

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
export const MOST_PER_TRANSACTION = 100;

/** The rows of one endpoint's lanes: one partition of a table, so that what is sent to several of them is one transaction. */
export class LaneTable {
  readonly partitionKey: string;
  readonly #table: AzureTable;
  readonly #serviceClock: ServiceClock;

  constructor(endpoint: string, table: AzureTable, serviceClock: ServiceClock) {
    this.partitionKey = laneKey(endpoint);
    this.#table = table;
    this.#serviceClock = serviceClock;
  }

  get address(): string {
    return this.#table.address;
  }

  transact(actions: readonly TransactionAction[]): Promise<TableTransactionResponse> {
    return this.#table.run('change messages', (table, options) =>
      table.submitTransaction([...actions], this.#timed(options)),
    );
  }

  /** Changes one row as it was. Returns its new ETag. */
  async merge(rowKey: string, etag: string, change: Readonly<Record<string, unknown>>): Promise<string> {
    const row = { partitionKey: this.partitionKey, rowKey, ...change };
    const merged = await this.#table.run('change a message', (table, options) =>
      table.updateEntity(row, 'Merge', { ...this.#timed(options), etag }),
    );
    return merged.etag ?? '';
  }

  /** Deletes one row as it was. */
  async delete(rowKey: string, etag: string): Promise<void> {
    await this.#table.run('delete a message', (table, options) =>
      table.deleteEntity(this.partitionKey, rowKey, { ...this.#timed(options), etag }),
    );
  }

  async row(rowKey: string): Promise<StoredLaneRow | undefined> {
    try {
      return await this.#table.run('read a message', (table, options) =>
        table.getEntity<LaneRow>(this.partitionKey, rowKey, this.#timed(options)),
      );
    } catch (error) {
      if (codeOf(error) === 'ResourceNotFound') return undefined;
      throw error;
    }
  }

  /** The heads of all lanes: one request. */
  heads(): Promise<readonly StoredHead[]> {
    return this.#query<Partial<HeadRow>>(odata`RowKey ge ${HEADS} and RowKey lt ${endOf(HEADS)}`, Infinity);
  }

  /** The first messages of a lane that can be received, in order. */
  async receivable(lane: number, max: number): Promise<readonly StoredLaneRow[]> {
    const start = laneStart(lane);
    const now = momentText(this.#serviceClock.now());
    return this.#query<Partial<LaneRow>>(
      odata`RowKey ge ${start} and RowKey lt ${endOf(start)} and VisibleAt le ${now}`,
      max,
    );
  }

  /** The messages of a lane between two rows. */
  between(first: string, last: string): Promise<readonly StoredLaneRow[]> {
    return this.#query<Partial<LaneRow>>(odata`RowKey ge ${first} and RowKey le ${last}`, Infinity);
  }

  /** The messages of a lane, or of all, without their bodies. */
  states(lane?: number): Promise<readonly StoredLaneRow[]> {
    const start = lane === undefined ? MESSAGES : laneStart(lane);
    const select = ['VisibleAt', 'ReadyAt', 'IsLeased'];
    return this.#query<Partial<LaneRow>>(odata`RowKey ge ${start} and RowKey lt ${endOf(start)}`, Infinity, select);
  }

  async #query<Row extends object>(filter: string, max: number, select?: string[]): Promise<TableEntityResult<Row>[]> {
    const found: TableEntityResult<Row>[] = [];
    const pages = pagesOf<Row>(this.#table, 'read messages', {
      filter: `${odata`PartitionKey eq ${this.partitionKey}`} and ${filter}`,
      select,
      pageSize: max,
      options: (options) => this.#timed(options),
    });
    for await (const page of pages) {
      found.push(...page);
      if (found.length >= max) break;
    }
    return found.slice(0, max);
  }

  /** Every answer tells the service's time. */
  #timed(options: OperationOptions): OperationOptions & { readonly onResponse: OnResponse } {
    return { ...options, onResponse: this.#serviceClock.asking() };
  }
}
