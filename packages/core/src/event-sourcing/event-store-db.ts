import type { EnlistedSend } from '../kernel/enlisted-send.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import type { AggregateEvent, StreamEvent } from './aggregate-event.ts';

/**
 * The seam that an event storage implements. Nothing here is about publishing, retries or upcasting: `EventStore` does that,
 * once, for every storage.
 *
 * An implementation guarantees:
 * - *Atomic*: an append is stored whole or not at all, and no reader ever sees half of one.
 * - *One winner* (G4): of concurrent appends with one expected version exactly one succeeds.
 * - *Idempotent by transaction* (G3): an append whose transaction the stream already holds changes nothing and succeeds, whatever
 *   its expected version, also long after other events followed it.
 * - *Durable*: when a promise resolves, what it stands for has been stored.
 * - *No aliasing*: nothing that the caller does to a value it passed in, or got back, changes what is stored.
 *
 * What need not wait may return, or throw, at once where a {@link PromiseOrValue} is asked for.
 */
export interface EventStoreDb {
  readonly capabilities: EventStoreCapabilities;

  /**
   * What the events are stored in, where a transport can store its messages in it too: with a transport that names the same one,
   * events and their messages are written in one transaction.
   */
  readonly storage?: object | undefined;

  /**
   * Appends as `append` does, and sends messages in the same transaction: both are durable, or neither is, and the append is never
   * uncommitted. A duplicate sends nothing. Present where there is a `storage`.
   */
  appendAndSend?(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
    messages: EnlistedSend,
  ): Promise<AppendResult>;

  /**
   * Appends events that follow `expectedVersion` (0: a new stream) and marks them uncommitted. The sequence ids have been
   * checked by the caller. Throws `ND_CONCURRENCY` with the current version, `ND_PAYLOAD_TOO_LARGE`,
   * `ND_NOT_REPRESENTABLE`; whenever it throws, nothing was stored.
   */
  append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): PromiseOrValue<AppendResult>;

  /**
   * Reads one page of a stream, in order. An unknown stream is empty. An implementation may return fewer events than
   * `limit` allows, but an empty page only at the end. Throws `ND_CORRUPT_EVENT`.
   */
  load(streamId: string, range: StreamRange): PromiseOrValue<StreamPage>;

  /** The events of one append that has not been committed; empty when it has been, or never was. */
  loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]>;

  /** Notes that the events of an append have been published. Doing it again, or for an unknown append, changes nothing. */
  commit(streamId: string, transactionId: string): PromiseOrValue<void>;

  /**
   * Appends that are still uncommitted although older than `olderThan`, oldest first; with a `streamId`, those of that stream alone, in
   * the stream's order, however many other streams have some. Never scans the whole store.
   */
  findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]>;

  /**
   * Reads across all streams, in one order that never changes, from behind `after` (from the beginning without it). Complete
   * also under concurrent writers: an event that becomes visible later has a later place.
   * Throws `ND_UNSUPPORTED` where `capabilities.readAll` is false.
   */
  readAll(after: string | undefined, limit: number): Promise<GlobalPage>;
}

export interface EventStoreCapabilities {
  /** Whether there is an order across streams. */
  readonly readAll: boolean;
  /** The longest encoded payload of one event, in bytes. `Infinity` when there is no limit of its own. */
  readonly maxEventBytes: number;
  /** The most events in one append. */
  readonly maxAppendEvents: number;
}

export interface AppendResult {
  /** The version of the stream after this append; for a duplicate, the version at which the first one ended. */
  readonly version: number;
  /** True when the stream already held the transaction, and nothing was stored now. */
  readonly duplicate: boolean;
  /**
   * The transactions of appends before this one in the stream that are not committed, in order; absent when there is none. Their
   * events have to be published before those of this append (G5): whoever stored them may have died.
   */
  readonly uncommittedBefore?: readonly string[];
}

export interface StreamRange {
  /** The first sequence id wanted, from 1. */
  readonly from: number;
  /** The last sequence id wanted. */
  readonly to: number;
  /** The most events to return. */
  readonly limit: number;
  /** Asks, in the same round trip, whether the stream holds this transaction. */
  readonly transactionId?: string | undefined;
}

export interface StreamPage {
  readonly events: readonly AggregateEvent[];
  /** The version of the stream at the time of reading; 0 for an unknown stream. */
  readonly version: number;
  /** False when the range holds nothing behind these events. May be true although nothing follows. */
  readonly hasMore: boolean;
  /** True when `range.transactionId` was given and the stream, in any part, holds that transaction. */
  readonly holdsTransaction: boolean;
}

export interface UncommittedQuery {
  /** Only appends stored before this moment, in milliseconds since the epoch. */
  readonly olderThan: number;
  readonly limit: number;
  /** Only those of this stream. */
  readonly streamId?: string | undefined;
}

export interface UncommittedAppend {
  readonly streamId: string;
  readonly transactionId: string;
  /** When it was stored, in milliseconds since the epoch. */
  readonly storedAt: number;
}

export interface GlobalPage {
  readonly events: readonly StreamEvent[];
  /** Where the next page begins: pass it as `after`. Opaque; only equality means something. */
  readonly cursor: string | undefined;
  /** False when the end was reached at the time of reading. */
  readonly hasMore: boolean;
}
