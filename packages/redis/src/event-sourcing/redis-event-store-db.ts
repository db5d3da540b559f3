import {
  ConcurrencyError,
  PayloadTooLargeError,
  systemClock,
  type AggregateEvent,
  type AppendResult,
  type Clock,
  type EventStoreDb,
  type GlobalPage,
  type StreamPage,
  type StreamRange,
  type UncommittedAppend,
  type UncommittedQuery,
} from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { pageOfAll } from './all-events.ts';
import { argumentsOf, eventsOf, missingEvent, type EventEntry } from './event-entries.ts';
import { APPEND, COMMIT, FIND_UNCOMMITTED, LOAD, LOAD_UNCOMMITTED } from './event-scripts.ts';

/** An append is one command, and Redis takes a million arguments in one: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
const MOST_EVENTS = 50_000;

const DUPLICATE = 1;
const TOO_LATE = 2;

/**
 * Events in Redis. They are as durable as Redis is told to be, no more: see docs/adapters/redis.md. On a cluster all of them live on one node,
 * because an append writes its stream and the order across streams in one step.
 */
export class RedisEventStoreDb implements EventStoreDb {
  readonly capabilities = { readAll: true, maxEventBytes: Infinity, maxAppendEvents: MOST_EVENTS } as const;
  readonly #connection: RedisConnection;
  readonly #clock: Clock;

  constructor(connection: RedisConnection, clock: Clock = systemClock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  async append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    if (events.length > MOST_EVENTS) {
      throw new PayloadTooLargeError('An append (each event counted as one byte)', events.length, MOST_EVENTS);
    }
    const { keys } = this.#connection;
    const args: (string | number)[] = [transactionId, expectedVersion, memberOf(streamId, transactionId), streamId];
    for (const event of events) args.push(...argumentsOf(event));
    const [outcome, version, before = []] = (await this.#connection.run(
      APPEND,
      [
        keys.stream(streamId),
        keys.transactions(streamId),
        keys.uncommittedOf(streamId),
        keys.allEvents,
        keys.uncommitted,
      ],
      args,
    )) as [number, number, string[]?];
    if (outcome === TOO_LATE) throw new ConcurrencyError(streamId, expectedVersion, version);
    if (outcome === DUPLICATE) return { version, duplicate: true };
    const result = { version, duplicate: false };
    return before.length === 0 ? result : { ...result, uncommittedBefore: before };
  }

  /** A page holds some megabytes at most, so that a stream of large events neither blocks Redis nor fills the memory here. */
  async load(streamId: string, { from, to, limit, transactionId = '' }: StreamRange): Promise<StreamPage> {
    const { keys } = this.#connection;
    const first = Math.max(from, 1);
    const [version, holds, ...pieces] = (await this.#connection.run(
      LOAD,
      [keys.stream(streamId), keys.transactions(streamId)],
      [first, to, limit, transactionId],
    )) as [number, number, ...EventEntry[][]];
    const events = eventsOf(streamId, pieces.flat(), first);
    const last = Math.min(to, version);
    if (events.length === 0 && first <= last && limit > 0) throw missingEvent(streamId, first);
    const hasMore = events.length > 0 && first + events.length <= last;
    return { events, version, hasMore, holdsTransaction: holds === 1 };
  }

  async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    const { keys } = this.#connection;
    const [first, entries = []] = (await this.#connection.run(
      LOAD_UNCOMMITTED,
      [keys.stream(streamId), keys.uncommittedOf(streamId), keys.uncommitted],
      [transactionId, memberOf(streamId, transactionId)],
    )) as [number?, EventEntry[]?];
    if (first === undefined) return [];
    if (entries.length === 0) throw missingEvent(streamId, first);
    return eventsOf(streamId, entries, first);
  }

  async commit(streamId: string, transactionId: string): Promise<void> {
    const { keys } = this.#connection;
    await this.#connection.run(
      COMMIT,
      [keys.uncommittedOf(streamId), keys.uncommitted],
      [transactionId, memberOf(streamId, transactionId)],
    );
  }

  async findUncommitted({ olderThan, limit, streamId }: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    const { keys } = this.#connection;
    const args = [Math.floor(this.#clock.now()), Math.ceil(olderThan), limit];
    if (streamId === undefined)
      return appendsOf(await this.#connection.run(FIND_UNCOMMITTED, [keys.uncommitted], args));
    const transactionIds = await this.#connection.command((client) =>
      client.zrange(keys.uncommittedOf(streamId), '0', '-1'),
    );
    if (transactionIds.length === 0) return [];
    const members = transactionIds.map((transactionId) => memberOf(streamId, transactionId));
    return appendsOf(await this.#connection.run(FIND_UNCOMMITTED, [keys.uncommitted], [...args, ...members]));
  }

  readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    return pageOfAll(this.#connection, after, limit);
  }
}

/** An append's name among the uncommitted ones of all streams. */
function memberOf(streamId: string, transactionId: string): string {
  return JSON.stringify([streamId, transactionId]);
}

/** Names of appends, and when each was stored, one after the other. */
function appendsOf(answer: unknown): UncommittedAppend[] {
  const found = answer as readonly string[];
  const appends: UncommittedAppend[] = [];
  for (let i = 0; i < found.length; i += 2) {
    const [streamId, transactionId] = JSON.parse(found[i] ?? '') as [string, string];
    appends.push({ streamId, transactionId, storedAt: Number(found[i + 1]) });
  }
  return appends;
}
