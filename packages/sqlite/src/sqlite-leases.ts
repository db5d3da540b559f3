import { systemClock, type Clock, type Lease, type Leases } from '@ndomain/core';
import type { SqliteDatabase } from './database/sqlite-database.ts';

type LeaseRow = readonly [name: string, owner: string, fence: number, leasedUntil: number];

/** Leases in a SQLite file, by the clock of the machine that all its processes run on. */
export class SqliteLeases implements Leases {
  readonly #database: SqliteDatabase;
  readonly #clock: Clock;

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    return this.#database.write(() => {
      const now = this.#clock.now();
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
      return { name, owner, fence, wasAbandoned: leasedUntil > 0 };
    });
  }

  renew({ name, fence }: Lease, durationMs: number): Promise<boolean> {
    return this.#database.write(() => {
      const now = this.#clock.now();
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
        .all(this.#clock.now()),
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
