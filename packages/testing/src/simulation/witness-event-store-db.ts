import type {
  AggregateEvent,
  AppendResult,
  EventStoreCapabilities,
  EventStoreDb,
  GlobalPage,
  PromiseOrValue,
  StreamPage,
  StreamRange,
  UncommittedAppend,
  UncommittedQuery,
} from '@ndomain/core';
import { GUARANTEES, type Report } from './violation.ts';

/** An event that was stored. */
export interface WitnessedEvent {
  readonly streamId: string;
  readonly sequenceId: number;
  readonly name: string;
  readonly transactionId: string;
}

/** The event storage that all processes share, with an eye on what it really does. */
export class WitnessEventStoreDb implements EventStoreDb {
  /** By `streamId@sequenceId`, in order of storing. */
  readonly events = new Map<string, WitnessedEvent>();
  readonly #db: EventStoreDb;
  readonly #note: (what: string) => void;
  readonly #report: Report;
  readonly #versions = new Map<string, number>();
  readonly #uncommitted = new Set<string>();
  /** The transactions by which one message has changed one stream. */
  readonly #transactionsByCause = new Map<string, Set<string>>();
  readonly #changesPerMessage: number;

  constructor(db: EventStoreDb, changesPerMessage: number, note: (what: string) => void, report: Report) {
    this.#db = db;
    this.#changesPerMessage = changesPerMessage;
    this.#note = note;
    this.#report = report;
  }

  get capabilities(): EventStoreCapabilities {
    return this.#db.capabilities;
  }

  get uncommittedCount(): number {
    return this.#uncommitted.size;
  }

  /** The streams that hold something, and how far they reach. */
  get versions(): ReadonlyMap<string, number> {
    return this.#versions;
  }

  async append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    const result = await this.#db.append(streamId, transactionId, expectedVersion, events);
    if (!result.duplicate) this.#appended(streamId, transactionId, expectedVersion, events);
    return result;
  }

  load(streamId: string, range: StreamRange): PromiseOrValue<StreamPage> {
    return this.#db.load(streamId, range);
  }

  loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    return this.#db.loadUncommitted(streamId, transactionId);
  }

  async commit(streamId: string, transactionId: string): Promise<void> {
    await this.#db.commit(streamId, transactionId);
    this.#uncommitted.delete(keyOf(streamId, transactionId));
  }

  findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    return this.#db.findUncommitted(query);
  }

  readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    return this.#db.readAll(after, limit);
  }

  #appended(streamId: string, transactionId: string, expectedVersion: number, events: readonly AggregateEvent[]): void {
    this.#note(`stored ${streamId}@${expectedVersion + 1} ${events.map(({ name }) => name).join(' ')}`);
    const version = this.#versions.get(streamId) ?? 0;
    if (version !== expectedVersion) {
      const problem = `"${streamId}" was at version ${version}, and an append that expected ${expectedVersion} succeeded`;
      this.#report(GUARANTEES.oneWinner, problem);
    }
    for (const { sequenceId, name } of events) {
      this.events.set(`${streamId}@${sequenceId}`, { streamId, sequenceId, name, transactionId });
    }
    this.#versions.set(streamId, expectedVersion + events.length);
    this.#uncommitted.add(keyOf(streamId, transactionId));
    this.#checkOnce(streamId, transactionId, events[0]?.metadata['causationId']);
  }

  #checkOnce(streamId: string, transactionId: string, causationId: string | undefined): void {
    if (causationId === undefined) return;
    const key = keyOf(streamId, causationId);
    const known = this.#transactionsByCause.get(key) ?? new Set();
    this.#transactionsByCause.set(key, known);
    if (known.has(transactionId)) {
      this.#report(GUARANTEES.onceInEffect, `the transaction ${transactionId} was stored twice in "${streamId}"`);
    }
    known.add(transactionId);
    if (known.size <= this.#changesPerMessage) return;
    const found = `the message ${causationId} changed "${streamId}" in ${known.size} transactions`;
    this.#report(GUARANTEES.onceInEffect, `${found}: ${[...known].join(', ')}`);
  }
}

function keyOf(streamId: string, id: string): string {
  return `${streamId}\n${id}`;
}
