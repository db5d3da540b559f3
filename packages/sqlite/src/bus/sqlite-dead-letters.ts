import type { DeadLetter, DeadLetters } from '@ndomain/core';
import { deadLetterOf, SELECT_DEAD_LETTERS, type DeadLetterRow } from './dead-letter-rows.ts';
import type { TransportParts } from './transport-parts.ts';

const IDS = 'AND dead_letter IN (SELECT CAST(value AS INTEGER) FROM json_each(?))';

/** The dead letters of one endpoint, in a table of their own. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #endpoint: string;
  readonly #parts: TransportParts;

  constructor(endpoint: string, parts: TransportParts) {
    this.#endpoint = endpoint;
    this.#parts = parts;
  }

  count(): Promise<number> {
    const { database } = this.#parts;
    return database.read(
      () =>
        database.query<[number]>('SELECT count(*) FROM dead_letter WHERE endpoint = ?').first(this.#endpoint)?.[0] ?? 0,
    );
  }

  list({
    after,
    limit,
  }: {
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<readonly DeadLetter[]> {
    return this.#select('AND dead_letter > ? ORDER BY dead_letter LIMIT ?', numberOf(after ?? '0'), limit);
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const [letter] = await this.#select('AND dead_letter = ?', numberOf(id));
    return letter;
  }

  async keys(): Promise<readonly string[]> {
    const { database } = this.#parts;
    const rows = await database.read(() =>
      database
        .query<[string]>(
          'SELECT DISTINCT ordering_key FROM dead_letter WHERE endpoint = ? AND ordering_key IS NOT NULL',
        )
        .all(this.#endpoint),
    );
    return rows.map(([key]) => key);
  }

  async retry(ids: readonly string[] | 'all'): Promise<number> {
    const { database, wakers, time } = this.#parts;
    const [which, ...values] = this.#which(ids);
    const retried = await database.write(() => {
      // The last of them stands right before the first that waits, the first of them before all.
      const first = database.query<[number]>('SELECT coalesce(min(place), 1) FROM message').first()?.[0] ?? 1;
      const retried = `FROM dead_letter WHERE is_broken = 0 AND ${which}`;
      const place = '? - row_number() OVER (ORDER BY dead_letter DESC)';
      database
        .query(
          `INSERT INTO delivery (queue, visible_at, place, delivery_count, ready_since) SELECT queue, 0, ${place}, 0, ? ${retried}`,
        )
        .run(first, Math.floor(time.now()), ...values);
      database
        .query(
          `INSERT INTO message (place, message_id, component, name, headers, payload)
           SELECT ${place}, message_id, component, name, headers, payload ${retried}`,
        )
        .run(first, ...values);
      return database.query(`DELETE ${retried}`).run(...values);
    });
    wakers.wakeAll();
    return retried;
  }

  purge(ids: readonly string[] | 'all'): Promise<number> {
    const { database } = this.#parts;
    const [which, ...values] = this.#which(ids);
    return database.write(() => database.query(`DELETE FROM dead_letter WHERE ${which}`).run(...values));
  }

  #which(ids: readonly string[] | 'all'): [condition: string, ...values: string[]] {
    if (ids === 'all') return ['endpoint = ?', this.#endpoint];
    return [`endpoint = ? ${IDS}`, this.#endpoint, JSON.stringify(ids.map(numberOf))];
  }

  async #select(condition: string, ...values: readonly number[]): Promise<DeadLetter[]> {
    const { database } = this.#parts;
    const sql = `${SELECT_DEAD_LETTERS} WHERE dead_letter.endpoint = ? ${condition}`;
    const rows = await database.read(() => database.query<DeadLetterRow>(sql).all(this.#endpoint, ...values));
    return rows.map((row) => deadLetterOf(this.#endpoint, row));
  }
}

/** What is no id of ours is the id of nothing. */
function numberOf(id: string): number {
  return /^[1-9][0-9]{0,15}$/.test(id) ? Number(id) : 0;
}
