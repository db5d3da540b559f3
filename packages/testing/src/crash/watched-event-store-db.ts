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
import type { StepWatch } from './step-watch.ts';

/**
 * An event storage as one process uses it, each of whose calls is a step: `load`, `append`, `commitEvents` … Where events and
 * messages are stored in one transaction, that is one step, and it is an `append`.
 */
export class WatchedEventStoreDb implements EventStoreDb {
  readonly #db: EventStoreDb;
  readonly #watch: StepWatch;
  readonly appendAndSend?: NonNullable<EventStoreDb['appendAndSend']>;

  constructor(db: EventStoreDb, watch: StepWatch) {
    this.#db = db;
    this.#watch = watch;
    const appendAndSend = db.appendAndSend?.bind(db);
    if (appendAndSend === undefined) return;
    this.appendAndSend = (streamId, ...rest) => this.#take('append', streamId, () => appendAndSend(streamId, ...rest));
  }

  get storage(): object | undefined {
    return this.#db.storage;
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
    return this.#take('append', streamId, () => this.#db.append(streamId, transactionId, expectedVersion, events));
  }

  load(streamId: string, range: StreamRange): Promise<StreamPage> {
    return this.#take('load', streamId, () => this.#db.load(streamId, range));
  }

  loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    return this.#take('loadUncommitted', streamId, () => this.#db.loadUncommitted(streamId, transactionId));
  }

  commit(streamId: string, transactionId: string): Promise<void> {
    return this.#take('commitEvents', streamId, () => this.#db.commit(streamId, transactionId));
  }

  findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    return this.#take('findUncommitted', '', () => this.#db.findUncommitted(query));
  }

  readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    return this.#take('readAll', '', () => this.#db.readAll(after, limit));
  }

  #take<T>(name: string, on: string, call: () => PromiseOrValue<T>): Promise<T> {
    return this.#watch.take({ name, on }, call);
  }
}
