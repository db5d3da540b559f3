import type { TransactionAction } from '@azure/data-tables';
import { messageOf, newId, type Clock, type Logger, type Timer } from '@ndomain/core';
import type { AzureTable } from '../connection/azure-connection.ts';
import { statusOf } from '../connection/azure-errors.ts';
import { removeRow } from '../connection/rows.ts';
import type { ServiceClock } from '../connection/service-clock.ts';
import { keyOf } from '../escaping.ts';
import { INDEX, STREAM_PROPERTIES } from '../names.ts';
import { BatchedUpserts } from './batched-upserts.ts';
import type { StreamReader } from './stream-reader.ts';

/** How often rows of idle streams are taken out and `CleanBefore` moves on, while there are any. */
export const TIDY_EVERY_MS = 10_000;
/** How long a stream stays in the index after its last append. The next append within it costs no operation here. */
const KEEP_IDLE_MS = 20_000;
/**
 * An append that ended so long ago and is still uncommitted may have been committed by another process: its row is looked at. Longer than the
 * service works on a request that nobody waits for any more: https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination
 */
const DOUBT_AFTER_MS = 60_000;
/** A transaction takes 100 rows, one of which says how far this process is clean. */
const MOST_REMOVED = 99;

interface OpenAppend {
  readonly transactionId: string;
  /** By the service's time. */
  readonly storedAt: number;
  /** When its try ended, by monotonic time, whether it is known to be stored or not. Absent while it is in flight. */
  endedAt: number | undefined;
}

interface DirtyStream {
  readonly rowKey: string;
  /** The head's `Sweep` when the row was written. When it is another one, the row may have been taken out. */
  readonly sweep: string;
  readonly written: Promise<void>;
  /** A row of before, which goes when this one is written. */
  replaces: string | undefined;
  /** Appends in flight or uncommitted, each try by its own id. */
  readonly open: Map<string, OpenAppend>;
  /** By monotonic time. */
  usedAt: number;
}

/**
 * The streams that this process may have left something uncommitted in, as rows of the index: written before the first append to a
 * stream, and taken out some time after the last one was committed. So what an append left behind is found through its stream, at
 * whichever instruction the process died; and while a stream is in use, its appends cost nothing here.
 *
 * A row may be taken out by this process alone, or by another one that has changed the stream's head first: whoever was
 * about to append then fails, reads the head, and finds another `Sweep` than that of its row.
 */
export class DirtyStreams {
  readonly #table: AzureTable;
  readonly #reader: StreamReader;
  readonly #clock: Clock;
  readonly #serviceClock: ServiceClock;
  readonly #logger: Logger;
  readonly #partition = INDEX.partition + newId().replaceAll('_', '.');
  readonly #rows: BatchedUpserts;
  readonly #streams = new Map<string, DirtyStream>();
  readonly #toRemove = new Set<string>();
  #generation = 0;
  /** By the service's time. */
  #cleanBefore = 0;
  #saysClean = false;
  #timer: Timer | undefined;

  constructor(
    table: AzureTable,
    reader: StreamReader,
    { clock, serviceClock, logger }: { clock: Clock; serviceClock: ServiceClock; logger: Logger },
  ) {
    this.#table = table;
    this.#reader = reader;
    this.#clock = clock;
    this.#serviceClock = serviceClock;
    this.#logger = logger;
    this.#rows = new BatchedUpserts(table);
  }

  /**
   * Resolves when the index durably holds the stream. Returns when the append counts as stored, by the service's time: what others
   * compare it with. Each call is followed by
   * {@link refused}, or {@link ended} and {@link committed}.
   */
  async opened(streamId: string, sweep: string, transactionId: string, attempt: string): Promise<number> {
    const known = this.#streams.get(streamId);
    const stream = known?.sweep === sweep ? known : this.#add(streamId, sweep, known);
    const storedAt = Math.max(this.#serviceClock.now(), this.#cleanBefore);
    stream.open.set(attempt, { transactionId, storedAt, endedAt: undefined });
    stream.usedAt = this.#clock.monotonic();
    if (this.#timer === undefined) this.#tidyLater();
    try {
      await stream.written;
    } catch (error) {
      stream.open.delete(attempt);
      // Perhaps it is there after all.
      this.#toRemove.add(stream.rowKey);
      if (this.#streams.get(streamId) === stream) this.#streams.delete(streamId);
      throw error;
    }
    if (stream.replaces !== undefined) this.#toRemove.add(stream.replaces);
    stream.replaces = undefined;
    return storedAt;
  }

  /** This try has ended, and may have stored something. */
  ended(streamId: string, attempt: string): void {
    const append = this.#streams.get(streamId)?.open.get(attempt);
    if (append !== undefined) append.endedAt = this.#clock.monotonic();
  }

  /** This try has stored nothing. */
  refused(streamId: string, attempt: string): void {
    this.#streams.get(streamId)?.open.delete(attempt);
  }

  /** Nothing of this transaction is uncommitted any more. */
  committed(streamId: string, transactionId: string): void {
    const open = this.#streams.get(streamId)?.open;
    if (open === undefined) return;
    for (const [attempt, append] of open) if (append.transactionId === transactionId) open.delete(attempt);
  }

  #add(streamId: string, sweep: string, known: DirtyStream | undefined): DirtyStream {
    // Never the same key again: a removal that arrives late hits nothing but what it was meant for.
    const rowKey = `${INDEX.stream}${keyOf(streamId)}+${(this.#generation++).toString(36)}`;
    const stream: DirtyStream = {
      rowKey,
      sweep,
      written: this.#rows.upsert({
        partitionKey: this.#partition,
        rowKey,
        [STREAM_PROPERTIES.streamId]: streamId,
      }),
      replaces: known?.rowKey,
      open: known?.open ?? new Map<string, OpenAppend>(),
      usedAt: 0,
    };
    this.#streams.set(streamId, stream);
    return stream;
  }

  // In the background: an idle program may end.
  #tidyLater(): void {
    this.#timer = this.#clock.schedule(TIDY_EVERY_MS, () => void this.#tidy(), { background: true });
  }

  /** Never rejects. What fails is tried again the next time. */
  async #tidy(): Promise<void> {
    try {
      await this.#askAboutDoubtful();
      await this.#write(KEEP_IDLE_MS);
    } catch (error) {
      this.#logger.warn({ err: error }, `the index of uncommitted events could not be tidied: ${messageOf(error)}`);
    }
    this.#timer = undefined;
    if (this.#streams.size > 0 || this.#toRemove.size > 0) this.#tidyLater();
  }

  async #askAboutDoubtful(): Promise<void> {
    const before = this.#clock.monotonic() - DOUBT_AFTER_MS;
    for (const [streamId, { open }] of this.#streams) {
      for (const [attempt, { transactionId, endedAt }] of open) {
        if (endedAt === undefined || endedAt >= before) continue;
        if ((await this.#reader.uncommittedOne(streamId, transactionId)) === undefined) open.delete(attempt);
      }
    }
  }

  /** Takes out what is not needed, without waiting. For a process that ends; it may go on all the same. */
  async close(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#write(0);
    if (this.#streams.size > 0) this.#tidyLater();
  }

  async #write(keepIdleMs: number): Promise<void> {
    const now = this.#clock.monotonic();
    let cleanBefore = this.#serviceClock.now();
    for (const [streamId, stream] of this.#streams) {
      for (const { storedAt } of stream.open.values()) cleanBefore = Math.min(cleanBefore, storedAt);
      if (stream.open.size > 0 || now - stream.usedAt < keepIdleMs) continue;
      this.#streams.delete(streamId);
      this.#toRemove.add(stream.rowKey);
    }
    this.#cleanBefore = Math.max(this.#cleanBefore, cleanBefore);
    if (this.#streams.size > 0) {
      await this.#remove({ [INDEX.cleanBefore]: new Date(cleanBefore).toISOString() });
      this.#saysClean = true;
    } else if (this.#saysClean) {
      this.#toRemove.add(INDEX.clean);
      this.#saysClean = false;
    }
    while (this.#toRemove.size > 0) await this.#remove();
  }

  /** Removes up to 99 rows, and says in the same transaction how far this process is clean, when it is given that. */
  async #remove(clean?: Readonly<Record<string, string>>): Promise<void> {
    const rowKeys = [...this.#toRemove].slice(0, MOST_REMOVED);
    const partitionKey = this.#partition;
    const actions: TransactionAction[] = rowKeys.map((rowKey) => ['delete', { partitionKey, rowKey }]);
    if (clean !== undefined) actions.push(['upsert', { partitionKey, rowKey: INDEX.clean, ...clean }, 'Replace']);
    try {
      await this.#table.run('tidy the index', (client, options) => client.submitTransaction(actions, options));
    } catch (error) {
      // One of them is gone already: then each has to go by itself.
      if (statusOf(error) !== 404) throw error;
      for (const rowKey of rowKeys) await removeRow(this.#table, partitionKey, rowKey);
    }
    for (const rowKey of rowKeys) this.#toRemove.delete(rowKey);
  }
}
