import type { Subscription, SubscriptionStore } from '@ndomain/core';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

const COLUMNS = 'subscription_id, topic, endpoint, component, partitions';

type SubscriptionRow = readonly [id: string, topic: string, endpoint: string, component: string, partitions: number];

/** Subscriptions in a SQLite file. */
export class SqliteSubscriptionStore implements SubscriptionStore {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  getAll(): Promise<readonly Subscription[]> {
    return this.#select('');
  }

  getByTopic(topic: string): Promise<readonly Subscription[]> {
    return this.#select('WHERE topic = ?', topic);
  }

  getByEndpoint(endpoint: string): Promise<readonly Subscription[]> {
    return this.#select('WHERE endpoint = ?', endpoint);
  }

  add({ id, topic, endpoint, component, partitions }: Subscription): Promise<boolean> {
    return this.#database.write(
      () =>
        this.#database
          .query(`INSERT INTO subscription (${COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
          .run(id, topic, endpoint, component, partitions) > 0,
    );
  }

  remove({ id }: Subscription): Promise<boolean> {
    return this.#database.write(
      () => this.#database.query('DELETE FROM subscription WHERE subscription_id = ?').run(id) > 0,
    );
  }

  async #select(where: string, ...values: readonly string[]): Promise<Subscription[]> {
    const rows = await this.#database.read(() =>
      this.#database.query<SubscriptionRow>(`SELECT ${COLUMNS} FROM subscription ${where}`).all(...values),
    );
    return rows.map(([id, topic, endpoint, component, partitions]) => ({ id, topic, endpoint, component, partitions }));
  }
}
