import { systemClock, type Clock } from '../kernel/clock.ts';
import { ConcurrencyError } from '../kernel/errors.ts';
import { copy, copyAgain } from '../kernel/payload.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import type { AggregateEvent, StreamEvent } from './aggregate-event.ts';
import type {
  AppendResult,
  EventStoreDb,
  GlobalPage,
  StreamPage,
  StreamRange,
  UncommittedAppend,
  UncommittedQuery,
} from './event-store-db.ts';
import { LocalStream, type StoredEvent } from './local-stream.ts';

const NO_EVENTS: readonly StreamEvent[] = [];

/**
 * Events in memory: the default, and the shortest true description of what an event storage does. It lives as long as the
 * process. JavaScript runs one thing at a time, so a method without an await inside is atomic.
 */
export class LocalEventStoreDb implements EventStoreDb {
  readonly capabilities = { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity } as const;
  readonly #streams = new Map<string, LocalStream>();
  readonly #all: StoredEvent[] = [];
  // In order of storing, because a Set keeps the order of insertion: the oldest is always first.
  readonly #uncommitted = new Set<UncommittedAppend>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): PromiseOrValue<AppendResult> {
    const stream = this.#streams.get(streamId) ?? new LocalStream(streamId);
    const earlier = stream.lastOf(transactionId);
    if (earlier !== undefined) return { version: earlier.sequenceId, duplicate: true };
    if (stream.version !== expectedVersion) throw new ConcurrencyError(streamId, expectedVersion, stream.version);

    // Copying may throw, so all of it comes before the first change.
    const stored = events.map((event) => storedForm(event, stream, transactionId));
    if (expectedVersion === 0) this.#streams.set(stream.id, stream);
    for (const event of stored) this.#all.push(event);
    const append = { streamId: stream.id, transactionId, storedAt: this.#clock.now() };
    const { uncommittedIds } = stream;
    stream.add(stored, append);
    this.#uncommitted.add(append);
    const result = { version: stream.version, duplicate: false };
    return uncommittedIds === undefined ? result : { ...result, uncommittedBefore: uncommittedIds };
  }

  load(streamId: string, { from, to, limit, transactionId }: StreamRange): PromiseOrValue<StreamPage> {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return { events: NO_EVENTS, version: 0, hasMore: false, holdsTransaction: false };
    const start = Math.max(from, 1) - 1;
    const end = Math.min(to, stream.version);
    const pageEnd = Math.min(end, start + limit);
    return {
      events: stream.slice(start, pageEnd).map(copyOf),
      version: stream.version,
      hasMore: pageEnd < end,
      holdsTransaction: transactionId !== undefined && stream.lastOf(transactionId) !== undefined,
    };
  }

  async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    const stream = this.#streams.get(streamId);
    if (stream?.uncommitted(transactionId) === undefined) return NO_EVENTS;
    return stream.all.filter((event) => event.transactionId === transactionId).map(copyOf);
  }

  commit(streamId: string, transactionId: string): PromiseOrValue<void> {
    const append = this.#streams.get(streamId)?.commit(transactionId);
    if (append !== undefined) this.#uncommitted.delete(append);
  }

  async findUncommitted({ olderThan, limit, streamId }: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    const candidates = streamId === undefined ? this.#uncommitted : (this.#streams.get(streamId)?.allUncommitted ?? []);
    const found: UncommittedAppend[] = [];
    for (const append of candidates) {
      if (found.length >= limit) break;
      // The clock may have been set back meanwhile, so an older one may stand behind a newer one.
      if (append.storedAt < olderThan) found.push({ ...append });
    }
    return found;
  }

  async readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    const start = after === undefined ? 0 : Number(after);
    const end = Math.min(start + limit, this.#all.length);
    return {
      events: this.#all.slice(start, end).map(copyOf),
      cursor: end === 0 ? undefined : String(end),
      hasMore: end < this.#all.length,
    };
  }
}

function storedForm(event: AggregateEvent, stream: LocalStream, transactionId: string): StoredEvent {
  return {
    stream,
    sequenceId: event.sequenceId,
    time: event.date.getTime(),
    name: event.name,
    revision: event.revision,
    payload: copy(event.payload ?? null),
    transactionId,
    // Frozen, so that every reader can be given the same.
    metadata: Object.isFrozen(event.metadata) ? event.metadata : Object.freeze({ ...event.metadata }),
  };
}

function copyOf(event: StoredEvent): StreamEvent {
  return {
    streamId: event.stream.id,
    aggregateId: event.stream.aggregateId,
    sequenceId: event.sequenceId,
    date: new Date(event.time),
    name: event.name,
    revision: event.revision,
    payload: copyAgain(event.payload),
    transactionId: event.transactionId,
    metadata: event.metadata,
  };
}
