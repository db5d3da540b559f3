import type {
  AggregateEvent,
  AppendResult,
  EventStoreCapabilities,
  EventStoreDb,
  GlobalPage,
  StreamPage,
  StreamRange,
  UncommittedAppend,
  UncommittedQuery,
} from '@ndomain/core';
import type { CallRunner } from './call-runner.ts';

/** An event storage whose calls go wrong as planned. The names in the plan are those of its methods. */
export class FaultyEventStoreDb implements EventStoreDb {
  readonly #db: EventStoreDb;
  readonly #plan: CallRunner;

  constructor(db: EventStoreDb, plan: CallRunner) {
    this.#db = db;
    this.#plan = plan;
  }

  get capabilities(): EventStoreCapabilities {
    return this.#db.capabilities;
  }

  append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    return this.#plan.run('append', () => this.#db.append(streamId, transactionId, expectedVersion, events));
  }

  load(streamId: string, range: StreamRange): Promise<StreamPage> {
    return this.#plan.run('load', () => this.#db.load(streamId, range));
  }

  loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    return this.#plan.run('loadUncommitted', () => this.#db.loadUncommitted(streamId, transactionId));
  }

  commit(streamId: string, transactionId: string): Promise<void> {
    return this.#plan.run('commit', () => this.#db.commit(streamId, transactionId));
  }

  findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    return this.#plan.run('findUncommitted', () => this.#db.findUncommitted(query));
  }

  readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    return this.#plan.run('readAll', () => this.#db.readAll(after, limit));
  }
}
