import { systemClock, type Clock } from '../kernel/clock.ts';
import { ConcurrencyError } from '../kernel/errors.ts';
import { copy } from '../kernel/payload.ts';
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

interface Stream {
  readonly events: StreamEvent[];
  /** Where each append begins and ends. */
  readonly transactions: Map<string, Span>;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

const NO_EVENTS: readonly StreamEvent[] = [];

/**
 * Events in memory: the default, and the shortest true description of what an event storage does. It lives as long as the
 * process. JavaScript runs one thing at a time, so a method without an await inside is atomic.
 */
export class LocalEventStoreDb implements EventStoreDb {
  readonly capabilities = { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity } as const;
  readonly #streams = new Map<string, Stream>();
  readonly #all: StreamEvent[] = [];
  // In order of storing, because a Map keeps the order of insertion: the oldest is always first.
  readonly #uncommitted = new Map<string, UncommittedAppend>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    const stream = this.#streams.get(streamId);
    const earlier = stream?.transactions.get(transactionId);
    if (earlier !== undefined) return { version: earlier.last, duplicate: true };

    const version = stream?.events.length ?? 0;
    if (version !== expectedVersion) throw new ConcurrencyError(streamId, expectedVersion, version);

    // Copying may throw, so all of it comes before the first change.
    const stored = events.map((event) => copyOf(event, streamId));
    this.#store(stream ?? this.#newStream(streamId), streamId, transactionId, stored);
    return { version: version + stored.length, duplicate: false };
  }

  async load(streamId: string, { from, to, limit, transactionId }: StreamRange): Promise<StreamPage> {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return { events: NO_EVENTS, hasMore: false, holdsTransaction: false };
    const start = Math.max(from, 1) - 1;
    const end = Math.min(to, stream.events.length);
    const pageEnd = Math.min(end, start + limit);
    const events: AggregateEvent[] = [];
    for (let i = start; i < pageEnd; i++) {
      const event = stream.events[i];
      if (event !== undefined) events.push(copyOf(event, streamId));
    }
    return {
      events,
      hasMore: pageEnd < end,
      holdsTransaction: transactionId !== undefined && stream.transactions.has(transactionId),
    };
  }

  async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    const stream = this.#streams.get(streamId);
    const span = stream?.transactions.get(transactionId);
    if (stream === undefined || span === undefined || !this.#uncommitted.has(keyOf(streamId, transactionId))) {
      return NO_EVENTS;
    }
    return stream.events.slice(span.first - 1, span.last).map((event) => copyOf(event, streamId));
  }

  async commit(streamId: string, transactionId: string): Promise<void> {
    this.#uncommitted.delete(keyOf(streamId, transactionId));
  }

  async findUncommitted({ olderThan, limit }: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    const found: UncommittedAppend[] = [];
    for (const append of this.#uncommitted.values()) {
      if (append.storedAt >= olderThan || found.length >= limit) break;
      found.push(append);
    }
    return found;
  }

  async readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    const start = after === undefined ? 0 : Number(after);
    const end = Math.min(start + limit, this.#all.length);
    return {
      events: this.#all.slice(start, end).map((event) => copyOf(event, event.streamId)),
      cursor: end === 0 ? undefined : String(end),
      hasMore: end < this.#all.length,
    };
  }

  #newStream(streamId: string): Stream {
    const stream: Stream = { events: [], transactions: new Map() };
    this.#streams.set(streamId, stream);
    return stream;
  }

  #store(stream: Stream, streamId: string, transactionId: string, events: readonly StreamEvent[]): void {
    const first = stream.events.length + 1;
    for (const event of events) {
      stream.events.push(event);
      this.#all.push(event);
    }
    stream.transactions.set(transactionId, { first, last: stream.events.length });
    this.#uncommitted.set(keyOf(streamId, transactionId), { streamId, transactionId, storedAt: this.#clock.now() });
  }
}

// Stream ids can hold any character, so the length of the first part is what keeps two pairs apart.
function keyOf(streamId: string, transactionId: string): string {
  return `${streamId.length}:${streamId}${transactionId}`;
}

function copyOf(event: AggregateEvent, streamId: string): StreamEvent {
  return {
    streamId,
    aggregateId: event.aggregateId,
    sequenceId: event.sequenceId,
    date: new Date(event.date),
    name: event.name,
    revision: event.revision,
    payload: copy(event.payload),
    transactionId: event.transactionId,
    metadata: { ...event.metadata },
  };
}
