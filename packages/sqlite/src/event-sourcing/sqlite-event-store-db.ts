import {
  ConcurrencyError,
  CorruptEventError,
  systemClock,
  UnsupportedError,
  type AggregateEvent,
  type AppendResult,
  type Clock,
  type EnlistedSend,
  type EventStoreDb,
  type GlobalPage,
  type StreamEvent,
  type StreamPage,
  type StreamRange,
  type UncommittedAppend,
  type UncommittedQuery,
} from '@ndomain/core';
import { SqliteEnlistedSend } from '../bus/sqlite-enlisted-send.ts';
import type { FileTime } from '../database/file-time.ts';
import type { SqliteDatabase } from '../database/sqlite-database.ts';
import {
  encodedEvent,
  EVENT_COLUMNS,
  EVENT_VALUES,
  eventsOf,
  missingEvent,
  streamEventOf,
  type StoredEventRow,
} from './event-rows.ts';

/** A stream's number and version, and where in it a transaction ended. */
type Head = readonly [stream: number, version: number, transactionEnd: number | null];
type Following = readonly [position: number, streamId: string | null, isBehindGap: number, ...event: StoredEventRow];
type UncommittedRow = readonly [streamId: string, transactionId: string, storedAt: number];

// The index is named because the planner would rather walk the stream backwards than look up the transaction.
const HEAD = `
  SELECT stream,
    coalesce((SELECT sequence_id FROM event WHERE event.stream = stream.stream ORDER BY sequence_id DESC LIMIT 1), 0),
    (SELECT max(+sequence_id) FROM event INDEXED BY event_by_transaction
      WHERE transaction_id = ? AND event.stream = stream.stream)
  FROM stream WHERE stream_id = ?`;
const INSERT = `INSERT INTO event (stream, ${EVENT_COLUMNS}, uncommitted_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ROWS = `
  SELECT ${EVENT_VALUES} FROM event WHERE stream = ? AND sequence_id BETWEEN ? AND ? ORDER BY sequence_id LIMIT ?`;
const NO_HEAD: Head = [0, 0, null];
// A number that events have is not given again, though somebody deleted the row of their stream.
const ADD_STREAM = `
  INSERT INTO stream (stream, stream_id) VALUES (1 + max(
    (SELECT coalesce(max(stream), 0) FROM stream), (SELECT coalesce(max(stream), 0) FROM event)), ?)`;
// Stream 0 is none: see the trigger event_erased.
const FOLLOWING = `
  SELECT position, stream_id,
    sequence_id > 1 AND NOT EXISTS (
      SELECT 1 FROM event AS before WHERE before.stream = event.stream AND before.sequence_id = event.sequence_id - 1),
    ${EVENT_VALUES}
  FROM event LEFT JOIN stream USING (stream) WHERE position > ? AND event.stream > 0 ORDER BY position LIMIT ?`;
const UNCOMMITTED = `
  SELECT stream_id, transaction_id, uncommitted_since FROM event INDEXED BY event_uncommitted
  CROSS JOIN stream USING (stream) WHERE uncommitted_since < ? ORDER BY uncommitted_since LIMIT ?`;
const UNCOMMITTED_OF_STREAM = `
  SELECT stream_id, transaction_id, uncommitted_since FROM stream
  CROSS JOIN event INDEXED BY event_uncommitted_by_stream USING (stream)
  WHERE stream_id = ? AND uncommitted_since IS NOT NULL AND uncommitted_since < ? ORDER BY sequence_id LIMIT ?`;

/** Events in a SQLite file. Appends of one turn of the event loop share a transaction. */
export class SqliteEventStoreDb implements EventStoreDb {
  readonly capabilities = { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity } as const;
  /** The open file: a transport on the same one sends in the transactions of appends. */
  readonly storage: SqliteDatabase;
  readonly #database: SqliteDatabase;
  readonly #time: FileTime;

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.storage = database;
    this.#database = database;
    this.#time = database.timeOf(clock);
  }

  append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    return this.#append(streamId, transactionId, expectedVersion, events, undefined);
  }

  /** Throws `ND_UNSUPPORTED` for messages of a transport on another file. */
  async appendAndSend(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
    messages: EnlistedSend,
  ): Promise<AppendResult> {
    if (!(messages instanceof SqliteEnlistedSend) || messages.storage !== this.#database) {
      throw new UnsupportedError('SQLite', 'send messages of another storage with an append', 'Use append().');
    }
    const result = await this.#append(streamId, transactionId, expectedVersion, events, messages);
    if (!result.duplicate) messages.wake();
    return result;
  }

  async load(streamId: string, { from, to, limit, transactionId }: StreamRange): Promise<StreamPage> {
    return this.#database.read(() => {
      const [stream, version, transactionEnd] = this.#head(streamId, transactionId ?? null);
      // What is appended between the two statements is beyond this version, so both tell of one moment.
      const last = Math.min(to, version);
      const first = Math.max(from, 1);
      const rows = first > last ? [] : this.#rows(stream, first, last, limit);
      const events = eventsOf(streamId, first, rows);
      const asked = Math.min(limit, last - first + 1);
      if (rows.length < asked) throw missingEvent(streamId, first + rows.length);
      return {
        events,
        version,
        hasMore: (rows.at(-1)?.[0] ?? last) < last,
        holdsTransaction: transactionEnd !== null,
      };
    });
  }

  async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    return this.#database.read(() => {
      const rows = this.#database
        .query<readonly [since: number | null, ...event: StoredEventRow]>(
          `SELECT uncommitted_since, ${EVENT_VALUES} FROM event
           WHERE transaction_id = ? AND stream = (SELECT stream FROM stream WHERE stream_id = ?) ORDER BY sequence_id`,
        )
        .all(transactionId, streamId);
      const [first] = rows;
      if (first === undefined || rows.every(([since]) => since === null)) return [];
      const events = rows.map(([, ...event]): StoredEventRow => event);
      return eventsOf(streamId, first[1], events);
    });
  }

  async commit(streamId: string, transactionId: string): Promise<void> {
    await this.#database.write(() =>
      this.#database
        .query(
          `UPDATE event SET uncommitted_since = NULL WHERE uncommitted_since IS NOT NULL
             AND transaction_id = ? AND +stream = (SELECT stream FROM stream WHERE stream_id = ?)`,
        )
        .run(transactionId, streamId),
    );
  }

  async findUncommitted({ streamId: of, olderThan, limit }: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    const before = this.#time.fromDay(olderThan);
    const rows = await this.#database.read(() =>
      of === undefined
        ? this.#database.query<UncommittedRow>(UNCOMMITTED).all(before, limit)
        : this.#database.query<UncommittedRow>(UNCOMMITTED_OF_STREAM).all(of, before, limit),
    );
    return rows.map(([streamId, transactionId, since]) => {
      return { streamId, transactionId, storedAt: this.#time.toDay(since) };
    });
  }

  async readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    const rows = await this.#database.read(() =>
      this.#database.query<Following>(FOLLOWING).all(Number(after ?? 0), limit + 1),
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      events: page.map(followingEvent),
      cursor: last === undefined ? after : String(last[0]),
      hasMore: rows.length > limit,
    };
  }

  async #append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
    messages: SqliteEnlistedSend | undefined,
  ): Promise<AppendResult> {
    // Encoding may throw, and what is to be stored must not change until it is: so it comes first.
    const rows = events.map((event) => encodedEvent(event));
    return this.#database.write(() => {
      const [known, version, transactionEnd] = this.#head(streamId, transactionId);
      if (transactionEnd !== null) return { version: transactionEnd, duplicate: true };
      if (version !== expectedVersion) throw new ConcurrencyError(streamId, expectedVersion, version);
      const stream = known === 0 ? this.#addStream(streamId) : known;
      const insert = this.#database.query(INSERT);
      const uncommittedBefore = messages === undefined ? this.#uncommittedOf(stream) : [];
      let since = messages === undefined ? Math.floor(this.#time.now()) : null;
      for (const [sequenceId, date, name, revision, payload, , metadata] of rows) {
        insert.run(stream, sequenceId, date, name, revision, payload, transactionId, metadata, since);
        since = null;
      }
      messages?.write();
      const result = { version: version + rows.length, duplicate: false };
      return uncommittedBefore.length === 0 ? result : { ...result, uncommittedBefore };
    });
  }

  #rows(stream: number, from: number, to: number, limit: number): StoredEventRow[] {
    return this.#database.query<StoredEventRow>(ROWS).all(stream, from, to, limit);
  }

  /** The transactions of a stream that are uncommitted, in order. */
  #uncommittedOf(stream: number): string[] {
    return this.#database
      .query<[transactionId: string]>(
        `SELECT transaction_id FROM event INDEXED BY event_uncommitted_by_stream
         WHERE uncommitted_since IS NOT NULL AND stream = ? ORDER BY sequence_id`,
      )
      .all(stream)
      .map(([transactionId]) => transactionId);
  }

  #head(streamId: string, transactionId: string | null): Head {
    return this.#database.query<Head>(HEAD).first(transactionId, streamId) ?? NO_HEAD;
  }

  #addStream(streamId: string): number {
    return this.#database.query(ADD_STREAM).insert(streamId);
  }
}

/** Throws `ND_CORRUPT_EVENT`. */
function followingEvent([position, streamId, isBehindGap, ...event]: Following): StreamEvent {
  const [version] = event;
  if (streamId === null) {
    const problem = 'the row of its stream was deleted. Restore that from a backup, or delete the event too';
    throw new CorruptEventError(`unknown (position ${position})`, version, new Error(problem));
  }
  if (isBehindGap === 1) throw missingEvent(streamId, version - 1);
  return streamEventOf(streamId, event);
}
