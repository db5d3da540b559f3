import type { Clock } from '../kernel/clock.ts';
import { refuseWithinChange } from '../kernel/change-scope.ts';
import { InvalidAppendError } from '../kernel/errors.ts';
import type { Gate } from '../kernel/gate.ts';
import { after, type PromiseOrValue } from '../kernel/promise-or-value.ts';
import { EVENT_FIELDS, type AggregateEvent, type StreamEvent } from './aggregate-event.ts';
import type { EventForms } from './event-forms.ts';
import type { AppendResult, EventStoreDb, GlobalPage, StreamPage, StreamRange } from './event-store-db.ts';
import { aggregateNameOf } from './stream-id.ts';

/** Hands stored events to whoever subscribes. Resolves when all of them are durably on their way, in order. */
export type PublishEvents = (streamId: string, events: readonly AggregateEvent[]) => PromiseOrValue<void>;

/** Appends events and hands them on in one transaction, where storage and transport share one. */
export type AppendAndPublish = EventStoreDb['append'];

/** What an event store can do without. */
export interface EventStoreOptions {
  /** How stored events are read. @default as they are stored */
  readonly forms?: EventForms | undefined;
  /** Present where storage and transport share a transaction. */
  readonly appendAndPublish?: AppendAndPublish | undefined;
  /** Closed when nothing is to be appended any more. */
  readonly gate?: Gate | undefined;
}

/** What one pass of {@link EventStore.recover} did. */
export interface RecoveryResult {
  readonly found: number;
  readonly published: number;
  /** One error for each append that could not be published; the next pass tries it again. */
  readonly errors: readonly unknown[];
}

/** Appends that are stored and not known to be published. */
export interface UncommittedFigures {
  readonly count: number;
  readonly oldestAgeMs: number;
}

/** Events read per round trip. */
const PAGE_SIZE = 1_000;

/**
 * What the domain uses to store and read events. It turns "stored" into "stored and published" (G1): append, publish,
 * commit, in this order. A crash in between leaves an uncommitted append, which the redelivery of the command or the
 * recovery loop publishes. The ids of the published messages derive from the events, so publishing twice takes effect
 * once. Where storage and transport share a transaction it is one step, and nothing is ever left unpublished.
 */
export class EventStore {
  readonly db: EventStoreDb;
  readonly #publish: PublishEvents;
  readonly #forms: EventForms | undefined;
  readonly #appendAndPublish: AppendAndPublish | undefined;
  readonly #gate: Gate | undefined;

  constructor(db: EventStoreDb, publish: PublishEvents, { forms, appendAndPublish, gate }: EventStoreOptions = {}) {
    this.db = db;
    this.#publish = publish;
    this.#forms = forms;
    this.#appendAndPublish = appendAndPublish;
    this.#gate = gate;
  }

  /**
   * Appends, publishes, commits. When the stream already holds the transaction nothing is stored, but what a crash left
   * unpublished is published. Throws `ND_CONCURRENCY`, `ND_INVALID_APPEND`, `ND_NOT_REPRESENTABLE`, `ND_PAYLOAD_TOO_LARGE`,
   * `ND_STOPPED`.
   * When it throws one of these nothing was stored; after any other error the events may be stored, and will then be published
   * by the recovery loop.
   */
  async append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    return this.appendAtOnce(streamId, transactionId, expectedVersion, events);
  }

  /** The same without a promise where the storage has its answer at once: for repositories. */
  appendAtOnce(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): PromiseOrValue<AppendResult> {
    this.#gate?.check(streamId);
    refuseWithinChange(streamId);
    checkAppend(streamId, expectedVersion, events);
    const appending =
      this.#appendAndPublish === undefined
        ? this.db.append(streamId, transactionId, expectedVersion, events)
        : this.#appendAndPublish(streamId, transactionId, expectedVersion, events);
    return after(appending, (result) => {
      if (result.duplicate) return after(this.republish(streamId, transactionId), () => result);
      if (this.#appendAndPublish !== undefined) return result;
      const before = result.uncommittedBefore;
      const earlier = before === undefined ? undefined : this.#publishBefore(streamId, before);
      const publishing = after(earlier, () => this.#publish(streamId, events));
      return after(
        after(publishing, () => this.db.commit(streamId, transactionId)),
        () => result,
      );
    });
  }

  /**
   * G5: nothing of a stream is published before what came earlier in it. Whoever stored that may still be at it: then it is
   * published twice, with the same ids.
   */
  async #publishBefore(streamId: string, transactionIds: readonly string[]): Promise<void> {
    for (const transactionId of transactionIds) await this.#republishOne(streamId, transactionId);
  }

  /** Publishes and commits an append if it is still uncommitted. Returns whether it was. */
  async republish(streamId: string, transactionId: string): Promise<boolean> {
    const events = await this.db.loadUncommitted(streamId, transactionId);
    if (events.length === 0) return false;
    await this.#publishBefore(streamId, await this.#uncommittedBefore(streamId, transactionId));
    await this.#publishStored(streamId, transactionId, events);
    return true;
  }

  /** Of the same stream, in order. Asked for only where a message came again that had left something unpublished. */
  async #uncommittedBefore(streamId: string, transactionId: string): Promise<string[]> {
    const query = { olderThan: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER, streamId };
    const ids = (await this.db.findUncommitted(query)).map((append) => append.transactionId);
    return ids.slice(0, Math.max(0, ids.indexOf(transactionId)));
  }

  async #republishOne(streamId: string, transactionId: string): Promise<void> {
    const events = await this.db.loadUncommitted(streamId, transactionId);
    if (events.length > 0) await this.#publishStored(streamId, transactionId, events);
  }

  async #publishStored(streamId: string, transactionId: string, events: readonly AggregateEvent[]): Promise<void> {
    const forms = this.#forms;
    const aggregateName = aggregateNameOf(streamId);
    const current = forms === undefined ? events : events.map((event) => forms.current(aggregateName, event));
    await this.#publish(streamId, current);
    await this.db.commit(streamId, transactionId);
  }

  /** Reads one page of a stream, each event in today's form. Throws as {@link load} does. */
  loadPage(streamId: string, range: StreamRange): PromiseOrValue<StreamPage> {
    const forms = this.#forms;
    const loading = this.db.load(streamId, range);
    if (forms === undefined) return loading;
    return after(loading, (page) => {
      const events = forms.wholePage(aggregateNameOf(streamId), page.events);
      return events === page.events ? page : { ...page, events };
    });
  }

  /**
   * Reads a stream from `from` to `to`, both included, in pages: a stream of any length fits in memory. Throws
   * `ND_CORRUPT_EVENT`, `ND_UPCAST_FAILED` and `ND_NEWER_EVENT`.
   */
  async *load(streamId: string, from = 1, to = Number.MAX_SAFE_INTEGER): AsyncGenerator<readonly AggregateEvent[]> {
    for (let next = from; ;) {
      const page = await this.loadPage(streamId, { from: next, to, limit: PAGE_SIZE });
      const last = page.events.at(-1);
      if (last === undefined) return;
      yield page.events;
      if (!page.hasMore) return;
      next = last.sequenceId + 1;
    }
  }

  /** Reads across all streams: see {@link EventStoreDb.readAll}. Throws `ND_UNSUPPORTED` where the storage has no such order. */
  async readAll(after: string | undefined, limit = PAGE_SIZE): Promise<GlobalPage> {
    const page = await this.db.readAll(after, limit);
    const forms = this.#forms;
    if (forms === undefined) return page;
    const whole = (event: StreamEvent): StreamEvent => {
      const { streamId } = event;
      return { ...forms.whole(aggregateNameOf(streamId), event), streamId };
    };
    return { ...page, events: page.events.map(whole) };
  }

  /**
   * Publishes what has been uncommitted since before `olderThan` (milliseconds since the epoch), one page of it. One append
   * that cannot be published holds up what follows in its stream (G5), and no other. Running it twice at once is safe.
   */
  async recover(olderThan: number, limit = 100): Promise<RecoveryResult> {
    const left = await this.db.findUncommitted({ olderThan, limit });
    const errors: unknown[] = [];
    const heldUp = new Set<string>();
    let published = 0;
    for (const { streamId, transactionId } of left) {
      if (heldUp.has(streamId)) continue;
      try {
        if (await this.republish(streamId, transactionId)) published++;
      } catch (error) {
        heldUp.add(streamId);
        errors.push(error);
      }
    }
    return { found: left.length, published, errors };
  }

  /** What is stored and not known to be published, and how long the oldest of it has been so. Counts up to `limit`. */
  async uncommitted(clock: Clock, limit = 1_000): Promise<UncommittedFigures> {
    const now = clock.now();
    const found = await this.db.findUncommitted({ olderThan: now + 1, limit });
    const oldest = found[0]?.storedAt;
    return { count: found.length, oldestAgeMs: oldest === undefined ? 0 : Math.max(0, now - oldest) };
  }
}

function checkAppend(streamId: string, expectedVersion: number, events: readonly AggregateEvent[]): void {
  if (events.length === 0) throw new InvalidAppendError(streamId, 'there are no events in it.');
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) {
    throw new InvalidAppendError(
      streamId,
      `expected a version of at least 0 (0: a new stream), got ${expectedVersion}.`,
    );
  }
  let sequenceId = expectedVersion;
  for (const event of events) {
    if (event.sequenceId !== ++sequenceId) {
      throw new InvalidAppendError(streamId, `expected the sequence id ${sequenceId}, got ${event.sequenceId}.`);
    }
    for (const name in event.metadata) {
      if (!EVENT_FIELDS.has(name)) continue;
      throw new InvalidAppendError(
        streamId,
        `metadata cannot be named "${name}", as a field of the event is. Rename it.`,
      );
    }
  }
}
