import {
  decode,
  encode,
  newId,
  systemClock,
  type Clock,
  type Query,
  type QueryPage,
  type QueryStore,
} from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { QueryWaiters } from './query-waiters.ts';
import { SET } from './query-scripts.ts';
import { idOf, sortedForm } from './sorted-ids.ts';

/** No text in UTF-8 holds this byte, so it stands behind all that begin alike. */
const BEHIND_ALL = Buffer.from([0xff]);

/**
 * Read models in Redis. Who waits for a version is woken by the write that reaches it, in whatever process: nothing is published when
 * nobody waits. On a cluster all read models live on one node, where they can be listed in order.
 */
export class RedisQueryStore implements QueryStore {
  readonly #connection: RedisConnection;
  readonly #waiters: QueryWaiters;

  constructor(connection: RedisConnection, clock: Clock = systemClock) {
    this.#connection = connection;
    this.#waiters = new QueryWaiters(connection, clock);
  }

  async get(id: string): Promise<Query> {
    const key = this.#connection.keys.query(id);
    return queryOf(id, await this.#connection.command((client) => client.hmget(key, 'version', 'data')));
  }

  async getOrWaitUntil(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<Query> {
    const known = await this.get(id);
    if (known.version >= version || timeoutMs <= 0 || signal?.aborted === true) return known;
    await this.#waiters.wait(id, version, timeoutMs, signal);
    return this.get(id);
  }

  async set(id: string, expectedVersion: number, version: number, data: unknown): Promise<boolean> {
    const { keys } = this.#connection;
    const isSet = await this.#connection.run(
      SET,
      [keys.query(id), keys.queryIds, keys.queryWaiters(id)],
      [expectedVersion, version, encode(data), newId(), sortedForm(id), id],
    );
    return isSet === 1;
  }

  async list({ prefix, after, limit }: QueryPage): Promise<readonly Query[]> {
    const { keys } = this.#connection;
    const from = after !== undefined && after >= prefix ? `(${sortedForm(after)}` : `[${sortedForm(prefix)}`;
    const behind = Buffer.concat([Buffer.from(`(${sortedForm(prefix)}`), BEHIND_ALL]);
    const found = await this.#connection.command((client) =>
      client.zrangebylex(keys.queryIds, from, behind, 'LIMIT', 0, limit),
    );
    if (found.length === 0) return [];
    const ids = found.map(idOf);
    const rows = await this.#connection.batch((pipeline) => {
      for (const id of ids) pipeline.hmget(keys.query(id), 'version', 'data');
    });
    return ids.map((id, i) => queryOf(id, rows[i] as (string | null)[]));
  }
}

function queryOf(id: string, [version, data]: readonly (string | null)[]): Query {
  return typeof data === 'string'
    ? { id, version: Number(version), data: decode(data) }
    : { id, version: 0, data: undefined };
}
