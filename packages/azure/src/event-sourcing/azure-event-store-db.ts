import {
  ConcurrencyError,
  consoleLogger,
  CorruptEventError,
  newId,
  PayloadTooLargeError,
  systemClock,
  UnsupportedError,
  type AggregateEvent,
  type AppendResult,
  type BackendServices,
  type EventStoreDb,
  type GlobalPage,
  type StreamPage,
  type StreamRange,
  type UncommittedAppend,
  type UncommittedQuery,
} from '@ndomain/core';
import type { AzureConnection, AzureTable } from '../connection/azure-connection.ts';
import { isConflict, statusOf } from '../connection/azure-errors.ts';
import { removeRow } from '../connection/rows.ts';
import { ServiceClock } from '../connection/service-clock.ts';
import { keyOf } from '../escaping.ts';
import { Lru } from '../lru.ts';
import { DirtyStreams } from './dirty-streams.ts';
import { encodedEvent, eventOf } from './event-lines.ts';
import { linesOf, type Pack } from './pack.ts';
import { ReadAhead } from './read-ahead.ts';
import { MOST_ROWS, StreamReader, type KnownTransaction } from './stream-reader.ts';
import { isBehind, uncommittedKey, type Head, type PackRow } from './stream-rows.ts';
import { writeAppend } from './stream-writer.ts';
import { mayHold } from './transaction-filter.ts';
import { UncommittedIndex } from './uncommitted-index.ts';

/** A payload of this size fits into a row however badly it deflates: see `pack.ts`. */
const MAX_EVENT_BYTES = 1_100_000;
const MAX_APPEND_EVENTS = 1_000;
/** Fits into one transaction: at most 0.9 of it when deflated, and 4/3 of that on the wire. */
const MAX_APPEND_BYTES = 3 * 1_048_576;

/** How many streams' heads are remembered, each with at most 32 KiB of events. */
const HEADS = 500;
/** Each time, somebody else changed the head without appending what we compete for. */
const MOST_TRIES = 5;
const HEAD_IS_GONE =
  'the head of the stream was deleted or is an old one, and rows of events behind it are still there';

/**
 * Events in a table, one partition per stream. The newest events of a stream are in its head row, which an append replaces under the condition of its
 * ETag; packs of 100 are split off it. An aggregate that was loaded is appended to with one request, and committed with one.
 *
 * There is no order across streams: `readAll` throws `ND_UNSUPPORTED`.
 */
export class AzureEventStoreDb implements EventStoreDb, AsyncDisposable {
  readonly capabilities = {
    readAll: false,
    maxEventBytes: MAX_EVENT_BYTES,
    maxAppendEvents: MAX_APPEND_EVENTS,
  } as const;
  readonly #table: AzureTable;
  readonly #reader: StreamReader;
  readonly #dirty: DirtyStreams;
  readonly #index: UncommittedIndex;
  readonly #heads = new Lru<Head>(HEADS);
  readonly #readAhead: ReadAhead;

  /** Throws `ND_INVALID_OPTION` for a name that tables cannot have. */
  constructor(
    connection: AzureConnection,
    table: string,
    { clock, logger }: BackendServices = { clock: systemClock, logger: consoleLogger },
  ) {
    this.#table = connection.table(table, 'fail');
    const serviceClock = new ServiceClock(clock);
    this.#reader = new StreamReader(this.#table, serviceClock);
    this.#dirty = new DirtyStreams(this.#table, this.#reader, { clock, serviceClock, logger });
    this.#index = new UncommittedIndex(this.#table, this.#reader, serviceClock);
    this.#readAhead = new ReadAhead(clock);
  }

  async append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    const append = { lines: encodedLines(streamId, transactionId, events), attempt: newId() };
    try {
      return await this.#append(streamId, transactionId, expectedVersion, append);
    } finally {
      this.#dirty.ended(streamId, append.attempt);
    }
  }

  async load(streamId: string, { from, to, limit, transactionId }: StreamRange): Promise<StreamPage> {
    const wanted = Math.min(limit, to - from + 1);
    const { packs, head } = await this.#read(streamId, from, wanted);
    const last = Math.min(to, head.version);
    const events = eventsOf(streamId, packs, head, from, Math.min(last, from + wanted - 1));
    if (events.length === 0 && wanted > 0 && from <= last) {
      throw new CorruptEventError(streamId, from, new Error('it is missing in its row'));
    }
    const lastRead = events.at(-1)?.sequenceId ?? last;
    const hasMore = lastRead < last;
    if (hasMore) this.#readAhead.keep(streamId, packs, lastRead + 1);
    const holdsTransaction =
      transactionId !== undefined && (await this.#transaction(streamId, head, transactionId)) !== undefined;
    return { events, version: head.version, hasMore, holdsTransaction };
  }

  async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    const uncommitted = await this.#reader.uncommittedOne(streamId, transactionId);
    if (uncommitted === undefined) return [];
    const events: AggregateEvent[] = [];
    for (let from = uncommitted.first; from <= uncommitted.last;) {
      const page = await this.load(streamId, { from, to: uncommitted.last, limit: MAX_APPEND_EVENTS });
      events.push(...page.events);
      from = (page.events.at(-1)?.sequenceId ?? uncommitted.last) + 1;
    }
    return events;
  }

  async commit(streamId: string, transactionId: string): Promise<void> {
    await removeRow(this.#table, keyOf(streamId), uncommittedKey(transactionId));
    this.#dirty.committed(streamId, transactionId);
    const head = this.#heads.get(streamId);
    if (head === undefined) return;
    const uncommitted = head.uncommitted.filter((append) => append.transactionId !== transactionId);
    this.#heads.set(streamId, { ...head, uncommitted });
  }

  findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    return this.#index.find(query);
  }

  readAll(): Promise<GlobalPage> {
    const fix = 'Use projections of single aggregates, or a storage that has such an order.';
    return Promise.reject(new UnsupportedError('Azure Tables', 'read across streams in one order', fix));
  }

  /** Takes this process out of the index, as far as nothing of it is uncommitted: nobody needs to look after it then. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#dirty.close();
  }

  async #append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    { lines, attempt }: { readonly lines: readonly string[]; readonly attempt: string },
  ): Promise<AppendResult> {
    let head = this.#heads.get(streamId);
    // What is remembered may be old: others may have appended, this very transaction too, or committed what is said to be uncommitted.
    if (head === undefined || head.version !== expectedVersion || head.uncommitted.length > 0) {
      head = await this.#freshHead(streamId);
    }
    for (let tries = 1; ; tries++) {
      const known = await this.#transaction(streamId, head, transactionId);
      if (known !== undefined) {
        const result = { version: known.last, duplicate: known.attempt !== attempt };
        return result.duplicate ? result : withUncommitted(result, head, transactionId);
      }
      if (head.version !== expectedVersion) {
        this.#dirty.refused(streamId, attempt);
        throw new ConcurrencyError(streamId, expectedVersion, head.version);
      }
      const storedAt = await this.#dirty.opened(streamId, head.sweep, transactionId, attempt);
      try {
        const next = await writeAppend(this.#table, head, { streamId, transactionId, attempt, lines, storedAt });
        this.#remember(streamId, next);
        return withUncommitted({ version: next.version, duplicate: false }, next, transactionId);
      } catch (error) {
        this.#heads.delete(streamId);
        if (error instanceof PayloadTooLargeError) this.#dirty.refused(streamId, attempt);
        const isRefusal = isConflict(error) || statusOf(error) === 404;
        if (!isRefusal || tries === MOST_TRIES) throw error;
      }
      // Either somebody was faster, or this append was written and the answer lost: the stream tells.
      head = await this.#freshHead(streamId, true);
    }
  }

  /** Packs from the event `from` on, and the head: one request as a rule, two where the head is too far behind `from`. */
  async #read(streamId: string, from: number, wanted: number): Promise<{ packs: readonly PackRow[]; head: Head }> {
    if (wanted <= 0) return { packs: [], head: await this.#freshHead(streamId) };
    for (let tries = 1; ; tries++) {
      const ahead = this.#readAhead.take(streamId, from);
      const part = ahead === undefined ? await this.#reader.part(streamId, from, rowsFor(wanted)) : undefined;
      const packs = ahead ?? part?.packs ?? [];
      // Whoever reads from later on, such as from a snapshot, has seen the stream.
      const head = await this.#confirmed(streamId, part?.head ?? (await this.#reader.head(streamId)), from > 1);
      const isThere = from > head.version || from >= head.first || (packs[0]?.first ?? Infinity) <= from;
      if (isThere && !isBehind(head, packs)) return { packs, head };
      // Between two requests the events went from the head into a pack.
      if (tries < MOST_TRIES) continue;
      if (isBehind(head, packs)) throw new CorruptEventError(streamId, head.version + 1, new Error(HEAD_IS_GONE));
      throw new CorruptEventError(streamId, from, new Error('its row is missing'));
    }
  }

  /** What the stream holds of a transaction, of which it is looked up only what `head` leaves open. */
  async #transaction(streamId: string, head: Head, transactionId: string): Promise<KnownTransaction | undefined> {
    if (head.lacks === transactionId || !mayHold(head.seen, transactionId)) return undefined;
    const known = await this.#reader.transaction(streamId, transactionId);
    // An append under the same ETag need not ask again.
    if (known === undefined && this.#heads.get(streamId) === head) {
      this.#heads.set(streamId, { ...head, lacks: transactionId });
    }
    return known;
  }

  async #freshHead(streamId: string, isKnown = false): Promise<Head> {
    return this.#confirmed(streamId, await this.#reader.head(streamId), isKnown);
  }

  /**
   * The head, after a closer look where it is in doubt: a stream that is gone, though something says that it was there, was erased, and is empty; or its
   * head alone is gone. Throws `ND_CORRUPT_EVENT` then.
   */
  async #confirmed(streamId: string, head: Head, isKnown: boolean): Promise<Head> {
    const wasThere = isKnown || (this.#heads.get(streamId)?.version ?? 0) > 0;
    const isHeadGone = head.version === 0 && wasThere && (await this.#reader.hasOthers(streamId));
    let confirmed = head;
    if (isHeadGone || isBehind(head)) {
      // Or somebody has appended between two requests.
      confirmed = await this.#reader.head(streamId);
      if (confirmed.version === 0 || isBehind(confirmed)) {
        this.#heads.delete(streamId);
        throw new CorruptEventError(streamId, confirmed.version + 1, new Error(HEAD_IS_GONE));
      }
    }
    this.#remember(streamId, confirmed);
    return confirmed;
  }

  #remember(streamId: string, head: Head): void {
    // Without an ETag it is known only of a stream that does not exist that there is nothing.
    if (head.etag === undefined && head.version > 0) this.#heads.delete(streamId);
    else this.#heads.set(streamId, head);
  }
}

/** The tables' limits on what is read at once are in rows, and a pack has up to 100 events: small pages ask for few of them. */
function rowsFor(events: number): number {
  return events >= MOST_ROWS ? MOST_ROWS : Math.ceil(events / 100) + 2;
}

function withUncommitted(result: AppendResult, head: Head, transactionId: string): AppendResult {
  const at = head.uncommitted.findIndex((append) => append.transactionId === transactionId);
  const before = head.uncommitted.slice(0, Math.max(at, 0)).map((append) => append.transactionId);
  return before.length === 0 ? result : { ...result, uncommittedBefore: before };
}

/** Throws `ND_NOT_REPRESENTABLE`, `ND_PAYLOAD_TOO_LARGE`. */
function encodedLines(streamId: string, transactionId: string, events: readonly AggregateEvent[]): string[] {
  if (events.length > MAX_APPEND_EVENTS) {
    const each = Math.ceil(MAX_APPEND_BYTES / MAX_APPEND_EVENTS);
    const what = `The append of ${events.length} events to "${streamId}" (at most ${MAX_APPEND_EVENTS}, each counted as ${each} bytes or more)`;
    throw new PayloadTooLargeError(what, events.length * each, MAX_APPEND_BYTES);
  }
  let bytes = 0;
  const lines = events.map((event) => {
    const { line, payloadBytes } = encodedEvent(event, transactionId);
    if (payloadBytes > MAX_EVENT_BYTES) {
      throw new PayloadTooLargeError(`The payload of "${event.name}" for "${streamId}"`, payloadBytes, MAX_EVENT_BYTES);
    }
    bytes += Buffer.byteLength(line);
    return line;
  });
  if (bytes > MAX_APPEND_BYTES) throw new PayloadTooLargeError(`The append to "${streamId}"`, bytes, MAX_APPEND_BYTES);
  return lines;
}

/** The events from `from` to `to`, as far as they follow each other without a gap. Throws `ND_CORRUPT_EVENT`. */
function eventsOf(streamId: string, packs: readonly PackRow[], head: Head, from: number, to: number): AggregateEvent[] {
  const events: AggregateEvent[] = [];
  const add = ({ first, lines }: Omit<Pack, 'last'>): void => {
    for (let next = from + events.length; next <= to && next >= first; next++) {
      const line = lines[next - first];
      if (line === undefined) return;
      events.push(eventOf(streamId, next, line));
    }
  };
  for (const { first, last, row } of packs) {
    if (last >= from + events.length && first <= to) add({ first, lines: linesOf(streamId, first, row) });
  }
  add(head);
  return events;
}
