import { decode, encode, type Snapshot, type SnapshotStore } from '@ndomain/core';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

/** Snapshots in a SQLite file: the newest of each stream. */
export class SqliteSnapshotStore implements SnapshotStore {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** A snapshot that cannot be decoded is none: it is a cache. */
  async load(streamId: string): Promise<Snapshot | undefined> {
    const row = await this.#database.read(() =>
      this.#database
        .query<[version: number, madeBy: string, data: string]>(
          'SELECT version, made_by, data FROM snapshot WHERE stream_id = ?',
        )
        .first(streamId),
    );
    if (row === undefined) return undefined;
    const [version, madeBy, text] = row;
    try {
      return { version, madeBy, data: decode(text) };
    } catch {
      return undefined;
    }
  }

  async save(streamId: string, { version, madeBy, data }: Snapshot): Promise<void> {
    const text = encode(data);
    await this.#database.write(() =>
      this.#database
        .query(
          `INSERT INTO snapshot (stream_id, version, made_by, data) VALUES (?, ?, ?, ?)
           ON CONFLICT (stream_id) DO UPDATE
             SET version = excluded.version, made_by = excluded.made_by, data = excluded.data
             WHERE made_by <> excluded.made_by OR version <= excluded.version`,
        )
        .run(streamId, version, madeBy, text),
    );
  }
}
