import {
  systemClock,
  type Clock,
  type Subscription,
  type SubscriptionBroker,
  type SubscriptionChange,
  type SubscriptionListener,
} from '@ndomain/core';
import type { FileTime } from '../database/file-time.ts';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

type ChangeRow = readonly [
  number: number,
  change: SubscriptionChange,
  id: string,
  topic: string,
  endpoint: string,
  component: string,
  partitions: number,
];

const COLUMNS = 'subscription_id, topic, endpoint, component, partitions';
const KEEP_MS = 3_600_000;

/**
 * Changes of subscriptions as rows of a table, which every process reads after each commit of another. A process that stood still
 * for longer than rows are kept is told that it may have missed some.
 */
export class SqliteSubscriptionBroker implements SubscriptionBroker {
  readonly #database: SqliteDatabase;
  readonly #time: FileTime;
  readonly #listeners = new Set<SubscriptionListener>();
  readonly #gapListeners = new Set<() => void>();
  #lastRead = 0;
  #stopWatching: (() => void) | undefined;

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.#database = database;
    this.#time = database.timeOf(clock);
  }

  async notify(
    change: SubscriptionChange,
    { id, topic, endpoint, component, partitions }: Subscription,
  ): Promise<void> {
    await this.#database.write(() => {
      const now = Math.floor(this.#time.now());
      this.#database.query('DELETE FROM subscription_change WHERE noted_at < ?').run(now - KEEP_MS);
      this.#database
        .query(`INSERT INTO subscription_change (change, noted_at, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
        .insert(change, now, id, topic, endpoint, component, partitions);
    });
    this.#readNew();
  }

  async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
    if (this.#listeners.size === 0) {
      this.#lastRead = await this.#database.read(() => this.#last());
      this.#stopWatching ??= this.#database.onForeignChange(this.#readNew);
    }
    this.#listeners.add(listener);
    return async () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stopWatching?.();
      this.#stopWatching = undefined;
    };
  }

  onGap(listener: () => void): void {
    this.#gapListeners.add(listener);
  }

  // An arrow function, so that it can be handed to the database.
  readonly #readNew = (): void => {
    if (this.#listeners.size === 0 || this.#last() === this.#lastRead) return;
    const rows = this.#database
      .query<ChangeRow>(
        `SELECT subscription_change, change, ${COLUMNS} FROM subscription_change
         WHERE subscription_change > ? ORDER BY subscription_change`,
      )
      .all(this.#lastRead);
    const isGapless = rows[0] === undefined || rows[0][0] === this.#lastRead + 1;
    for (const [number, change, id, topic, endpoint, component, partitions] of rows) {
      this.#lastRead = number;
      for (const listener of this.#listeners) listener(change, { id, topic, endpoint, component, partitions });
    }
    if (!isGapless) for (const listener of this.#gapListeners) listener();
  };

  /** The number of the last change ever noted, also of one that is gone. */
  #last(): number {
    const query = this.#database.query<[number]>("SELECT seq FROM sqlite_sequence WHERE name = 'subscription_change'");
    return query.first()?.[0] ?? 0;
  }
}
