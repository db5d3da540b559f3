import type { AzureTable } from '../connection/azure-connection.ts';
import { findRow, type Row } from '../connection/rows.ts';
import type { ServiceClock } from '../connection/service-clock.ts';
import { keyOf } from '../escaping.ts';
import { STREAM_PROPERTIES as P, STREAM_ROWS } from '../names.ts';
import {
  headOf,
  packKey,
  packRowOf,
  transactionKey,
  uncommittedKey,
  uncommittedOf,
  type Head,
  type PackRow,
  type UncommittedRow,
} from './stream-rows.ts';

/** The most rows in one answer: https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination */
export const MOST_ROWS = 1_000;

/** What one query of a stream gives. */
export interface Part {
  readonly packs: readonly PackRow[];
  /** Absent when the answer ended before it. */
  readonly head: Head | undefined;
}

/** An append that a stream holds. */
export interface KnownTransaction {
  readonly last: number;
  readonly attempt: string;
}

/** Reads the rows of streams: each method is one request, unless it says otherwise. Throws as `AzureResource.run` does. */
export class StreamReader {
  readonly #table: AzureTable;
  readonly #serviceClock: ServiceClock;

  /** The clock learns from the answers. */
  constructor(table: AzureTable, serviceClock: ServiceClock) {
    this.#table = table;
    this.#serviceClock = serviceClock;
  }

  /** Packs from the event `from` on, at most `rows` of them, and the head where there is room for it. Throws `ND_CORRUPT_EVENT`. */
  async part(streamId: string, from: number, rows: number): Promise<Part> {
    const { found, isWhole } = await this.#range(keyOf(streamId), packKey(from), rows);
    const packs: PackRow[] = [];
    const uncommitted: UncommittedRow[] = [];
    let head: Row | undefined;
    for (const row of found) {
      const kind = row.rowKey?.[0];
      if (kind === STREAM_ROWS.pack) packs.push(packRowOf(streamId, row));
      else if (kind === STREAM_ROWS.uncommitted) uncommitted.push(uncommittedOf(streamId, row));
      else head = row;
    }
    return { packs, head: isWhole ? headOf(streamId, head, uncommitted) : undefined };
  }

  /** Where a stream stands. More than one request only when more than 1,000 appends of it are uncommitted. Throws `ND_CORRUPT_EVENT`. */
  async head(streamId: string): Promise<Head> {
    const [head, uncommitted] = await this.#end(streamId, STREAM_ROWS.head);
    return headOf(streamId, head, uncommitted);
  }

  /** The appends of a stream that are uncommitted, in its order. More than one request only when they are more than 1,000. */
  async uncommitted(streamId: string): Promise<readonly UncommittedRow[]> {
    const [, uncommitted] = await this.#end(streamId, STREAM_ROWS.uncommitted);
    return uncommitted.toSorted((a, b) => a.last - b.last);
  }

  /** Whether there are rows of a stream besides its head. */
  async hasOthers(streamId: string): Promise<boolean> {
    const filter = `PartitionKey eq '${keyOf(streamId)}' and RowKey ne '${STREAM_ROWS.head}'`;
    return this.#table.run('look for rows of a stream', async (client, options) => {
      const pages = client.listEntities<Row>({ ...options, queryOptions: { filter, select: ['RowKey'] } });
      for await (const page of pages.byPage({ maxPageSize: 1 })) if (page.length > 0) return true;
      return false;
    });
  }

  async uncommittedOne(streamId: string, transactionId: string): Promise<UncommittedRow | undefined> {
    const row = await this.#get(streamId, uncommittedKey(transactionId));
    return row === undefined ? undefined : uncommittedOf(streamId, row);
  }

  async transaction(streamId: string, transactionId: string): Promise<KnownTransaction | undefined> {
    const row = await this.#get(streamId, transactionKey(transactionId));
    return row === undefined ? undefined : { last: Number(row[P.last]), attempt: String(row[P.attempt]) };
  }

  async #end(streamId: string, from: string): Promise<[head: Row | undefined, uncommitted: UncommittedRow[]]> {
    const uncommitted: UncommittedRow[] = [];
    let head: Row | undefined;
    let next = from;
    for (;;) {
      const { found, isWhole } = await this.#range(keyOf(streamId), next, MOST_ROWS);
      for (const row of found) {
        if (row.rowKey === STREAM_ROWS.head) head = row;
        else uncommitted.push(uncommittedOf(streamId, row));
      }
      const last = found.at(-1)?.rowKey;
      if (isWhole || last === undefined) return [head, uncommitted];
      // The next key after it.
      next = `${last} `;
    }
  }

  async #range(partition: string, from: string, rows: number): Promise<{ found: readonly Row[]; isWhole: boolean }> {
    const filter = `PartitionKey eq '${partition}' and RowKey ge '${from}' and RowKey lt '${STREAM_ROWS.endOfReading}'`;
    return this.#table.run('read a stream', async (client, options) => {
      const onResponse = this.#serviceClock.asking();
      const listed = client.listEntities<Row>({ ...options, onResponse, queryOptions: { filter } });
      for await (const page of listed.byPage({ maxPageSize: rows })) {
        const isWhole = page.continuationToken === undefined;
        // At a border between servers an answer may hold nothing and still go on.
        if (page.length > 0 || isWhole) return { found: page, isWhole };
      }
      return { found: [], isWhole: true };
    });
  }

  #get(streamId: string, rowKey: string): Promise<Row | undefined> {
    return findRow(this.#table, keyOf(streamId), rowKey);
  }
}
