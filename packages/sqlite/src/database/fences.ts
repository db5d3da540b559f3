import type { Lease } from '@ndomain/core';
import type { Statements } from './query.ts';

/** The fences of leases, read once for each lease and transaction. */
export class Fences {
  readonly #database: Statements;
  readonly #read = new Map<string, number | undefined>();

  constructor(database: Statements) {
    this.#database = database;
  }

  /** Whether nobody else has been granted a lease since; whether it has run out does not matter. To be called within a write. */
  holds({ name, fence }: Lease): boolean {
    if (!this.#read.has(name)) {
      const row = this.#database.query<[number]>('SELECT fence FROM lease WHERE name = ?').first(name);
      this.#read.set(name, row?.[0]);
    }
    return this.#read.get(name) === fence;
  }

  /** To be called when a transaction has begun, and after each grant. */
  forget(): void {
    this.#read.clear();
  }
}
