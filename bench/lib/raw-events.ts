import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { SqliteDatabase } from '@ndomain/sqlite';

/** The table of events of our files, with its indices, on the bare driver and without any of our code. */
export class RawEvents implements Disposable {
  readonly connection: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #newStream: StatementSync;

  private constructor(file: string) {
    this.connection = new DatabaseSync(file);
    this.connection.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000');
    this.#insert = this.connection.prepare(
      `INSERT INTO event (stream, sequence_id, date, name, revision, payload, transaction_id, metadata)
       VALUES (?, ?, ?, 'Deposited', 1, ?, ?, '{}')`,
    );
    this.#newStream = this.connection.prepare('INSERT INTO stream (stream_id) VALUES (?)');
  }

  static async create(file: string): Promise<RawEvents> {
    // Only to have the tables made.
    await new SqliteDatabase(file)[Symbol.asyncDispose]();
    return new RawEvents(file);
  }

  newStream(id: string): number {
    return Number(this.#newStream.run(id).lastInsertRowid);
  }

  insert(stream: number, sequenceId: number, payload: unknown, transactionId: string): void {
    this.#insert.run(stream, sequenceId, Date.now(), JSON.stringify(payload), transactionId);
  }

  get count(): number {
    return Number(this.connection.prepare('SELECT count(*) AS n FROM event').get()?.['n']);
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}
