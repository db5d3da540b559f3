import type { StatementSync } from 'node:sqlite';

export type Value = string | number | null;

/** A prepared statement. `Row` lists the types of its columns: the tables are strict, so the file holds nothing else. */
export class Query<Row extends readonly unknown[]> {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    statement.setReturnArrays(true);
    this.#statement = statement;
  }

  all(...values: readonly Value[]): Row[] {
    const rows: unknown = this.#statement.all(...values);
    return rows as Row[];
  }

  first(...values: readonly Value[]): Row | undefined {
    const row: unknown = this.#statement.get(...values);
    return row as Row | undefined;
  }

  /** Returns how many rows it changed. To be called within {@link SqliteDatabase.write} alone. */
  run(...values: readonly Value[]): number {
    return Number(this.#statement.run(...values).changes);
  }

  /** Inserts one row, and returns its integer key. */
  insert(...values: readonly Value[]): number {
    return Number(this.#statement.run(...values).lastInsertRowid);
  }
}

/** Where statements come from: an open file. */
export interface Statements {
  /** Whether a transaction is open. */
  readonly isWriting: boolean;
  query<Row extends readonly unknown[] = readonly []>(sql: string): Query<Row>;
}
