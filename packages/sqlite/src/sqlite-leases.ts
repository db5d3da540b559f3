import { systemClock, type Clock, type Lease, type Leases } from '@ndomain/core';
import type { FileTime } from './database/file-time.ts';
import type { SqliteDatabase } from './database/sqlite-database.ts';

type LeaseRow = readonly [name: string, owner: string, fence: number, leasedUntil: number];

/** Leases in a SQLite file, by the time of the file: setting the clock of the machine neither ends nor lengthens one. */
export class SqliteLeases implements Leases {
  /** The open file: a transport on the same one checks the fences of partitions. */
  readonly storage: SqliteDatabase;
  readonly #database: SqliteDatabase;
  readonly #time: FileTime;

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.storage = database;
    this.#database = database;
    this.#time = database.timeOf(clock);
  }

  acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    return this.#database.write(() => {
      const now = this.#time.now();
      const known = this.#find(name);
      const leasedUntil = known?.[3] ?? 0;
      if (leasedUntil > now) return undefined;
      const fence = (known?.[2] ?? 0) + 1;
      this.#database
        .query(
          `INSERT INTO lease (name, owner, fence, leased_until) VALUES (?, ?, ?, ?) ON CONFLICT (name)
           DO UPDATE SET owner = excluded.owner, fence = excluded.fence, leased_until = excluded.leased_until`,
        )
        .run(name, owner, fence, Math.ceil(now + durationMs));
      this.#database.fences.forget();
      return { name, owner, fence, wasAbandoned: leasedUntil > 0 };
    });
  }

  renew({ name, fence }: Lease, durationMs: number): Promise<boolean> {
    return this.#database.write(() => {
      const now = this.#time.now();
      const query = this.#database.query(
        'UPDATE lease SET leased_until = ? WHERE name = ? AND fence = ? AND leased_until > ?',
      );
      return query.run(Math.ceil(now + durationMs), name, fence, now) > 0;
    });
  }

  async release({ name, fence }: Lease): Promise<void> {
    await this.#database.write(() =>
      this.#database.query('UPDATE lease SET leased_until = 0 WHERE name = ? AND fence = ?').run(name, fence),
    );
  }

  async list(prefix: string): Promise<readonly Lease[]> {
    const rows = await this.#database.read(() =>
      this.#database
        .query<LeaseRow>('SELECT name, owner, fence, leased_until FROM lease WHERE leased_until > ?')
        .all(this.#time.now()),
    );
    return rows
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, owner, fence]) => ({ name, owner, fence, wasAbandoned: false }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #find(name: string): LeaseRow | undefined {
    return this.#database
      .query<LeaseRow>('SELECT name, owner, fence, leased_until FROM lease WHERE name = ?')
      .first(name);
  }
}
