import { newId, type UncommittedAppend, type UncommittedQuery } from '@ndomain/core';
import type { AzureTable } from '../connection/azure-connection.ts';
import { isConflict, statusOf } from '../connection/azure-errors.ts';
import { findRows, removeRow, type Row } from '../connection/rows.ts';
import type { ServiceClock } from '../connection/service-clock.ts';
import { inParallel } from '../in-parallel.ts';
import { keyOf } from '../escaping.ts';
import { INDEX, STREAM_PROPERTIES as P, STREAM_ROWS } from '../names.ts';
import type { StreamReader } from './stream-reader.ts';
import { NO_STREAM, type UncommittedRow } from './stream-rows.ts';

/**
 * A process that has rows in the index, and wrote nothing there for so long, is taken for dead: one that lives writes every ten seconds. Being
 * wrong costs it one refused append for each stream, and nothing else.
 */
const DEAD_AFTER_MS = 60_000;
const STREAMS_AT_ONCE = 8;

interface IndexRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly etag: string;
  readonly streamId: string | undefined;
  readonly cleanBefore: number | undefined;
  /** By the service's time. */
  readonly writtenAt: number;
}

/** An append that was found, by the service's time. */
type Found = UncommittedRow & { readonly streamId: string };

/**
 * Finds what is uncommitted: of all streams through the index, whoever wrote it, reading nothing but the index and the streams that it names; of
 * one stream by its own rows.
 */
export class UncommittedIndex {
  readonly #table: AzureTable;
  readonly #reader: StreamReader;
  readonly #serviceClock: ServiceClock;

  constructor(table: AzureTable, reader: StreamReader, serviceClock: ServiceClock) {
    this.#table = table;
    this.#reader = reader;
    this.#serviceClock = serviceClock;
  }

  async find({ olderThan, limit, streamId }: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    const found = streamId === undefined ? await this.#findAll(olderThan) : await this.#findIn(streamId, olderThan);
    return found.slice(0, limit).map(({ storedAt, ...append }) => ({
      streamId: append.streamId,
      transactionId: append.transactionId,
      storedAt: this.#serviceClock.toOurs(storedAt),
    }));
  }

  /** In the stream's order. */
  async #findIn(streamId: string, olderThan: number): Promise<readonly Found[]> {
    const uncommitted = await this.#reader.uncommitted(streamId);
    const before = this.#serviceClock.fromOurs(olderThan);
    return uncommitted.filter(({ storedAt }) => storedAt < before).map((row) => ({ ...row, streamId }));
  }

  /** Oldest first. */
  async #findAll(olderThan: number): Promise<readonly Found[]> {
    const rowsByStream = new Map<string, IndexRow[]>();
    const dead = new Set<string>();
    const indexed = await this.#rows();
    // After an answer, which says what time it is there.
    const before = this.#serviceClock.fromOurs(olderThan);
    for (const [partitionKey, rows] of Map.groupBy(indexed, (row) => row.partitionKey)) {
      if (isDead(rows, this.#serviceClock.now())) {
        dead.add(partitionKey);
        if (rows.every(({ streamId }) => streamId === undefined)) await this.#remove(rows);
      }
      // What this process stored before is committed: none of its streams need be looked at.
      const cleanBefore = rows.find((row) => row.cleanBefore !== undefined)?.cleanBefore ?? 0;
      if (cleanBefore >= before) continue;
      for (const row of rows) {
        if (row.streamId === undefined) continue;
        const known = rowsByStream.get(row.streamId);
        if (known === undefined) rowsByStream.set(row.streamId, [row]);
        else known.push(row);
      }
    }
    const found: Found[] = [];
    await inParallel([...rowsByStream], STREAMS_AT_ONCE, async ([streamId, rows]) => {
      const uncommitted = await this.#reader.uncommitted(streamId);
      for (const row of uncommitted) if (row.storedAt < before) found.push({ ...row, streamId });
      if (uncommitted.length > 0) return;
      const left = rows.filter(({ partitionKey }) => dead.has(partitionKey));
      if (left.length > 0) await this.#sweep(streamId, left);
    });
    return found.toSorted((a, b) => a.storedAt - b.storedAt || a.last - b.last);
  }

  /** All rows of the index, of all processes: one range of the table. */
  async #rows(): Promise<IndexRow[]> {
    const filter = `PartitionKey ge '${INDEX.partition}' and PartitionKey lt '${INDEX.endOfPartitions}'`;
    return (await findRows(this.#table, filter, this.#serviceClock.asking())).map(indexRowOf);
  }

  /**
   * Takes a stream out of the index of processes that are dead. They might be alive and about to append: so the head is changed first, which
   * makes such an append fail, and only what is then still clean, and was not written anew, is taken out.
   */
  async #sweep(streamId: string, rows: readonly IndexRow[]): Promise<void> {
    const partitionKey = keyOf(streamId);
    const sweep = { partitionKey, rowKey: STREAM_ROWS.head, [P.sweep]: newId() };
    const { etag } = await this.#reader.head(streamId);
    try {
      await this.#table.run('take a stream out of the index', async (client, options) => {
        if (etag !== undefined) return client.updateEntity(sweep, 'Merge', { ...options, etag });
        // The process died before the first append. A head without events stands in the way of one that comes late.
        const { version, first } = NO_STREAM;
        const empty = {
          [P.streamId]: streamId,
          [P.version]: version,
          [P.first]: first,
        };
        return client.createEntity({ ...empty, ...sweep }, options);
      });
    } catch (error) {
      // Somebody appends right now: the next look decides.
      if (isConflict(error) || statusOf(error) === 404) return;
      throw error;
    }
    if ((await this.#reader.uncommitted(streamId)).length > 0) return;
    await this.#remove(rows);
  }

  async #remove(rows: readonly IndexRow[]): Promise<void> {
    for (const { partitionKey, rowKey, etag } of rows) await removeRow(this.#table, partitionKey, rowKey, etag);
  }
}

function isDead(rows: readonly IndexRow[], now: number): boolean {
  return rows.every(({ writtenAt }) => writtenAt < now - DEAD_AFTER_MS);
}

function indexRowOf(row: Row): IndexRow {
  const streamId = row[P.streamId];
  const cleanBefore = row[INDEX.cleanBefore];
  return {
    partitionKey: row.partitionKey ?? '',
    rowKey: row.rowKey ?? '',
    etag: row.etag ?? '*',
    streamId: typeof streamId === 'string' ? streamId : undefined,
    cleanBefore: typeof cleanBefore === 'string' ? Date.parse(cleanBefore) : undefined,
    // The service keeps it for each row.
    writtenAt: Date.parse(String(row['timestamp'])),
  };
}
