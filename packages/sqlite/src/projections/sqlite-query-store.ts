import { decode, encode, systemClock, type Clock, type Query, type QueryPage, type QueryStore } from '@ndomain/core';
import type { SqliteDatabase } from '../database/sqlite-database.ts';
import { idOf, storedId } from './query-ids.ts';

interface Waiter {
  readonly id: string;
  readonly version: number;
  readonly wake: () => void;
}

// What was never set is at version 0, as is what was set to it.
const SET_FIRST = `
  INSERT INTO query (query_id, version, data) VALUES (?, ?, ?)
  ON CONFLICT (query_id) DO UPDATE SET version = excluded.version, data = excluded.data WHERE query.version = 0`;
const SET_NEXT = 'UPDATE query SET version = ?, data = ? WHERE query_id = ? AND version = ?';

/** Read models in a SQLite file. Who waits for a version is woken by the write that reaches it, in whatever process. */
export class SqliteQueryStore implements QueryStore {
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #stopWatching: (() => void) | undefined;

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  async get(id: string): Promise<Query> {
    const row = await this.#database.read(() =>
      this.#database
        .query<[version: number, data: string]>('SELECT version, data FROM query WHERE query_id = ?')
        .first(storedId(id)),
    );
    return row === undefined ? { id, version: 0, data: undefined } : { id, version: row[0], data: decode(row[1]) };
  }

  async getOrWaitUntil(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<Query> {
    if (this.#versionOf(id) < version) await this.#wait(id, version, timeoutMs, signal);
    return this.get(id);
  }

  async set(id: string, expectedVersion: number, version: number, data: unknown): Promise<boolean> {
    const text = encode(data);
    const isSet = await this.#database.write(() => {
      const changed =
        expectedVersion === 0
          ? this.#database.query(SET_FIRST).run(storedId(id), version, text)
          : this.#database.query(SET_NEXT).run(version, text, storedId(id), expectedVersion);
      return changed > 0;
    });
    if (isSet) {
      for (const waiter of this.#waiters) if (waiter.id === id && waiter.version <= version) waiter.wake();
    }
    return isSet;
  }

  async list({ prefix, after, limit }: QueryPage): Promise<readonly Query[]> {
    const from = storedId(prefix);
    const rows = await this.#database.read(() =>
      this.#database
        .query<[id: string, version: number, data: string]>(
          `SELECT query_id, version, data FROM query WHERE query_id >= ?1 AND query_id > coalesce(?2, '')
           ORDER BY query_id LIMIT ?3`,
        )
        .all(from, after === undefined ? null : storedId(after), limit),
    );
    // Those that begin alike stand together, so whatever follows them is behind all of them.
    return rows
      .filter(([id]) => id.startsWith(from))
      .map(([id, version, data]) => ({ id: idOf(id), version, data: decode(data) }));
  }

  #versionOf(id: string): number {
    return this.#database.query<[number]>('SELECT version FROM query WHERE query_id = ?').first(storedId(id))?.[0] ?? 0;
  }

  #wait(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(waiter);
        timer.cancel();
        signal?.removeEventListener('abort', wake);
        if (this.#waiters.size === 0) this.#unwatch();
        resolve();
      };
      const waiter: Waiter = { id, version, wake };
      this.#waiters.add(waiter);
      const timer = this.#clock.schedule(timeoutMs, wake);
      this.#stopWatching ??= this.#database.onForeignChange(this.#lookAgain);
      signal?.addEventListener('abort', wake, { once: true });
      if (signal?.aborted === true) wake();
    });
  }

  #unwatch(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  // An arrow function, so that it can be handed to the database.
  readonly #lookAgain = (): void => {
    for (const { id, version, wake } of this.#waiters) if (this.#versionOf(id) >= version) wake();
  };
}
