import { systemClock, type Clock, type Inbox } from '@ndomain/core';
import type { FileTime } from '../database/file-time.ts';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

/** An inbox in a SQLite file. What need not be remembered any more is deleted as others are added. */
export class SqliteInbox implements Inbox {
  readonly #database: SqliteDatabase;
  readonly #time: FileTime;

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.#database = database;
    this.#time = database.timeOf(clock);
  }

  async has(component: string, messageId: string): Promise<boolean> {
    const row = await this.#database.read(() =>
      this.#database
        .query('SELECT 1 FROM inbox WHERE component = ? AND message_id = ? AND kept_until > ?')
        .first(component, messageId, this.#time.now()),
    );
    return row !== undefined;
  }

  async add(component: string, messageId: string, keepMs: number): Promise<void> {
    await this.#database.write(() => {
      const now = this.#time.now();
      this.#database.query('DELETE FROM inbox WHERE kept_until <= ?').run(now);
      this.#database
        .query(
          `INSERT INTO inbox (component, message_id, kept_until) VALUES (?, ?, ?)
           ON CONFLICT (component, message_id) DO UPDATE SET kept_until = max(kept_until, excluded.kept_until)`,
        )
        .run(component, messageId, Math.ceil(Math.min(now + keepMs, Number.MAX_SAFE_INTEGER)));
    });
  }
}
