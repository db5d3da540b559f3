import type { AggregateEvent } from './aggregate-event.ts';
import type { UncommittedAppend } from './event-store-db.ts';
import { aggregateIdOf } from './stream-id.ts';

/** An event as it is kept in memory: a number is much smaller than a Date, and what all events of a stream have in common is kept once. */
export interface StoredEvent extends Omit<AggregateEvent, 'aggregateId' | 'date'> {
  readonly stream: LocalStream;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Up to this many events, looking through them is faster than keeping an index of their transactions, and takes no memory. */
const LONGEST_WITHOUT_INDEX = 32;
const NONE: readonly UncommittedAppend[] = [];

/** One stream in memory. */
export class LocalStream {
  readonly id: string;
  readonly aggregateId: string;
  readonly #events: StoredEvent[] = [];
  #uncommitted = NONE;
  // Each transaction's last event; made when the stream gets long.
  #index: Map<string, StoredEvent> | undefined;

  constructor(id: string) {
    this.id = id;
    this.aggregateId = aggregateIdOf(id);
  }

  get version(): number {
    return this.#events.length;
  }

  get all(): readonly StoredEvent[] {
    return this.#events;
  }

  slice(start: number, end: number): StoredEvent[] {
    return this.#events.slice(start, end);
  }

  /** The last event that a transaction stored here, if it did. */
  lastOf(transactionId: string): StoredEvent | undefined {
    if (this.#index !== undefined) return this.#index.get(transactionId);
    for (let i = this.#events.length - 1; i >= 0; i--) {
      if (this.#events[i]?.transactionId === transactionId) return this.#events[i];
    }
    return undefined;
  }

  add(events: readonly StoredEvent[], append: UncommittedAppend): void {
    for (const event of events) {
      this.#events.push(event);
      this.#index?.set(event.transactionId, event);
    }
    this.#uncommitted = this.#uncommitted.length === 0 ? [append] : [...this.#uncommitted, append];
    if (this.#index === undefined && this.#events.length > LONGEST_WITHOUT_INDEX) {
      this.#index = new Map(this.#events.map((event) => [event.transactionId, event]));
    }
  }

  /** The transactions that are uncommitted, in order. */
  get uncommittedIds(): readonly string[] | undefined {
    return this.#uncommitted.length === 0 ? undefined : this.#uncommitted.map(({ transactionId }) => transactionId);
  }

  /** The appends that are uncommitted, in order. */
  get allUncommitted(): readonly UncommittedAppend[] {
    return this.#uncommitted;
  }

  uncommitted(transactionId: string): UncommittedAppend | undefined {
    return this.#uncommitted.find((append) => append.transactionId === transactionId);
  }

  /** Returns the append that was uncommitted until now. */
  commit(transactionId: string): UncommittedAppend | undefined {
    const append = this.uncommitted(transactionId);
    if (append === undefined) return undefined;
    const left = this.#uncommitted.length === 1 ? NONE : this.#uncommitted.filter((other) => other !== append);
    this.#uncommitted = left;
    return append;
  }
}
