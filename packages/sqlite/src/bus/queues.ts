import type { SqliteDatabase } from '../database/sqlite-database.ts';

const NO_PARTITION = -1;

/** The numbers of the queues. They never change, so those that are committed are remembered. */
export class Queues {
  readonly #database: SqliteDatabase;
  readonly #known = new Map<string, number>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** The queue, if anything was ever sent to it. */
  find(endpoint: string, partition = NO_PARTITION): number | undefined {
    const key = `${partition}/${endpoint}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const queue = this.#select(endpoint, partition);
    if (queue !== undefined && !this.#database.isWriting) this.#known.set(key, queue);
    return queue;
  }

  /** The queue, made if need be. To be called within a write. */
  findOrAdd(endpoint: string, partition = NO_PARTITION): number {
    return (
      this.find(endpoint, partition) ??
      this.#database.query('INSERT INTO queue (endpoint, partition) VALUES (?, ?)').insert(endpoint, partition)
    );
  }

  #select(endpoint: string, partition: number): number | undefined {
    return this.#database
      .query<[number]>('SELECT queue FROM queue WHERE endpoint = ? AND partition = ?')
      .first(endpoint, partition)?.[0];
  }
}
