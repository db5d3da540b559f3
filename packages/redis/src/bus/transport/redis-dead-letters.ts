import type { DeadLetter, DeadLetters } from '@ndomain/core';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { EndpointKeys } from '../../keys.ts';
import { deadLetterOf } from './dead-letter-text.ts';
import { PURGE, PURGE_ALL, RETRY } from './scripts/dead-letter-scripts.ts';

/** How many one call of a script moves: nothing else runs on the server meanwhile. */
const AT_ONCE = 200;
const ID = /^[1-9]\d{0,15}$/;

/** The dead letters of one endpoint. Many are retried in several calls: what an interruption leaves is still there. */
export class RedisDeadLetters implements DeadLetters {
  readonly #connection: RedisConnection;
  readonly #endpoint: string;
  readonly #keys: EndpointKeys;

  constructor(connection: RedisConnection, endpoint: string, keys: EndpointKeys) {
    this.#connection = connection;
    this.#endpoint = endpoint;
    this.#keys = keys;
  }

  count(): Promise<number> {
    return this.#connection.command((client) => client.zcard(this.#keys.deadLetters));
  }

  list({
    after = '0',
    limit,
  }: {
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<readonly DeadLetter[]> {
    return this.#read(`(${ID.test(after) ? after : 0}`, '+inf', limit);
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    if (!ID.test(id)) return undefined;
    const [letter] = await this.#read(id, id, 1);
    return letter;
  }

  async keys(): Promise<readonly string[]> {
    const keys = await this.#connection.command((client) => client.hkeys(this.#keys.parkedKeys));
    return keys.map((key) => String(JSON.parse(key)));
  }

  async retry(ids: readonly string[] | 'all'): Promise<number> {
    const partitions = await this.#connection.command((client) => client.smembers(this.#keys.partitions));
    return ids === 'all' ? this.#retryAll(partitions) : this.#retryThese(descending(ids), partitions);
  }

  async purge(ids: readonly string[] | 'all'): Promise<number> {
    const keys = [this.#keys.deadLetters, this.#keys.parkedKeys];
    if (ids === 'all') return Number(await this.#connection.run(PURGE_ALL, keys, []));
    let count = 0;
    for (const some of chunksOf(descending(ids))) count += Number(await this.#connection.run(PURGE, keys, some));
    return count;
  }

  async #read(from: string, to: string, limit: number): Promise<DeadLetter[]> {
    const texts = await this.#connection.command((client) =>
      client.zrangebyscore(this.#keys.deadLetters, from, to, 'LIMIT', 0, limit),
    );
    return texts.map((text) => deadLetterOf(this.#endpoint, text));
  }

  /** From the last that there is now to the first, so that each comes before those that were given up after it. */
  async #retryAll(partitions: readonly string[]): Promise<number> {
    const [, newest = '0'] = await this.#connection.command((client) =>
      client.zrange(this.#keys.deadLetters, '-1', '-1', 'WITHSCORES'),
    );
    let all = 0;
    for (let upTo = Number(newest); upTo > 0;) {
      const [count, last] = await this.#retrySome(partitions, ['upTo', String(upTo), String(AT_ONCE)]);
      all += count;
      upTo = last - 1;
    }
    return all;
  }

  async #retryThese(ids: readonly string[], partitions: readonly string[]): Promise<number> {
    let all = 0;
    for (const some of chunksOf(ids)) all += (await this.#retrySome(partitions, some))[0];
    return all;
  }

  async #retrySome(
    partitions: readonly string[],
    which: readonly string[],
  ): Promise<readonly [count: number, last: number]> {
    const { deadLetters, parkedKeys, counters, signals } = this.#keys;
    const names = ['', ...partitions];
    const queues = names.map((name) => this.#keys.queue(name)).flatMap(({ ready, first }) => [ready, first]);
    const keys = [deadLetters, parkedKeys, counters, signals, ...queues];
    const answer = await this.#connection.run(RETRY, keys, [names.length, ...names, ...which]);
    const [count, last] = answer as readonly [number, string];
    return [count, Number(last)];
  }
}

/** Each once, the latest first. What is no id of ours is the id of nothing. */
function descending(ids: readonly string[]): string[] {
  const numbers = new Set(ids.filter((id) => ID.test(id)).map(Number));
  return [...numbers].sort((a, b) => b - a).map(String);
}

function chunksOf(ids: readonly string[]): string[][] {
  const chunks: string[][] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE) chunks.push(ids.slice(i, i + AT_ONCE));
  return chunks;
}
