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
import { argumentsOf, eventsOf, sequenceIdOf, type EventEntry } from './event-entries.ts';
import { APPEND, COMMIT, LOAD, LOAD_UNCOMMITTED } from './event-scripts.ts';

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
    const args: (string | number)[] = [
      transactionId,
      expectedVersion,
      Math.floor(this.#clock.now()),
      memberOf(streamId, transactionId),
      streamId,
    ];
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
    const [version, holds, ...pieces] = (await this.#connection.run(
      LOAD,
      [keys.stream(streamId), keys.transactions(streamId)],
      [Math.max(from, 1), to, limit, transactionId],
    )) as [number, number, ...EventEntry[][]];
    const entries = pieces.flat();
    const last = Math.min(to, version);
    const lastEntry = entries.at(-1);
    return {
      events: eventsOf(streamId, entries),
      version,
      hasMore: lastEntry !== undefined && sequenceIdOf(lastEntry[0]) < last,
      holdsTransaction: holds === 1,
    };
  }

  async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
    const { keys } = this.#connection;
    const entries = (await this.#connection.run(
      LOAD_UNCOMMITTED,
      [keys.stream(streamId), keys.transactions(streamId), keys.uncommittedOf(streamId)],
      [transactionId],
    )) as EventEntry[];
    return eventsOf(streamId, entries);
  }

  async commit(streamId: string, transactionId: string): Promise<void> {
    const { keys } = this.#connection;
    await this.#connection.run(
      COMMIT,
      [keys.uncommittedOf(streamId), keys.uncommitted],
      [transactionId, memberOf(streamId, transactionId)],
    );
  }

  async findUncommitted({ olderThan, limit }: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
    const { uncommitted } = this.#connection.keys;
    const found = await this.#connection.command((client) =>
      client.zrange(uncommitted, '-inf', `(${olderThan}`, 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES'),
    );
    const appends: UncommittedAppend[] = [];
    for (let i = 0; i < found.length; i += 2) {
      const [streamId, transactionId] = JSON.parse(found[i] ?? '') as [string, string];
      appends.push({ streamId, transactionId, storedAt: Number(found[i + 1]) });
    }
    return appends;
  }

  readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
    return pageOfAll(this.#connection, after, limit);
  }
}

/** An append's name among the uncommitted ones of all streams. */
function memberOf(streamId: string, transactionId: string): string {
  return JSON.stringify([streamId, transactionId]);
}
