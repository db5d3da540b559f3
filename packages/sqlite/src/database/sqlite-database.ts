import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { StoppedError, type Clock, type PartHealth } from '@ndomain/core';
import { checkedOptions, type SqliteOptions } from '../sqlite-options.ts';
import { Fences } from './fences.ts';
import { FileTime } from './file-time.ts';
import { ForeignChanges } from './foreign-changes.ts';
import { GroupCommit } from './group-commit.ts';
import { LogKeeper } from './log-keeper.ts';
import { openConnection } from './open-connection.ts';
import { Query } from './query.ts';
import { asOurs } from './sqlite-errors.ts';

const READS_PER_TURN = 64;

/**
 * One open file, which all parts share: the connection, its prepared statements, the group commit, and the ear for other processes.
 * Statements run synchronously, so reads between transactions see what is committed, and a transaction is never interleaved.
 */
export class SqliteDatabase implements AsyncDisposable {
  readonly path: string;
  /** What the leases in this file have granted. */
  readonly fences = new Fences(this);
  readonly #connection: DatabaseSync;
  readonly #queries = new Map<string, Query<readonly unknown[]>>();
  readonly #commits: GroupCommit;
  readonly #changes: ForeignChanges;
  readonly #log: LogKeeper;
  readonly #times = new Map<Clock, FileTime>();
  #reads = 0;
  #closing: Promise<void> | undefined;

  /** Throws `ND_BACKEND_UNREACHABLE`, `ND_CONFIGURATION`, `ND_INVALID_OPTION`, `ND_STORAGE_FULL`. */
  constructor(given: string | SqliteOptions) {
    const options = checkedOptions(given);
    this.path = options.path;
    this.#connection = openConnection(options);
    const dataVersion = this.query<[number]>('PRAGMA data_version');
    this.#changes = new ForeignChanges(`${options.path}-wal`, () => dataVersion.first()?.[0] ?? 0);
    this.#commits = new GroupCommit(this.#connection, options.path, options.busyTimeoutMs, () => this.#begun());
    this.#log = new LogKeeper(options.path, () => this.#commits.count);
  }

  /** Whether a transaction is open, so that what is read may yet be undone. */
  get isWriting(): boolean {
    return this.#connection.isTransaction;
  }

  /** Whether the write-ahead log can be written back into the file. */
  get health(): PartHealth {
    return this.#log.health;
  }

  /** The file's time, for those who go by this clock. */
  timeOf(clock: Clock): FileTime {
    let time = this.#times.get(clock);
    if (time === undefined) this.#times.set(clock, (time = new FileTime(this, clock)));
    return time;
  }

  /** A statement, prepared once. It is found by its text: where it is called for each message, by a text that is not put together each time. */
  query<Row extends readonly unknown[] = readonly []>(sql: string): Query<Row> {
    let query = this.#queries.get(sql);
    if (query === undefined) this.#queries.set(sql, (query = new Query(this.#connection.prepare(sql))));
    return query as Query<Row>;
  }

  /**
   * Reads what is committed. Now and then it lets the event loop turn first: a caller that reads page after page would otherwise
   * keep writes, timers and sockets waiting.
   */
  async read<T>(operation: () => T): Promise<T> {
    if (++this.#reads % READS_PER_TURN === 0) await turn();
    if (this.#closing !== undefined) throw this.#closed();
    try {
      return operation();
    } catch (error) {
      throw asOurs(error, this.path);
    }
  }

  /**
   * Runs an operation within the next transaction: see {@link GroupCommit} for what it must keep to. Resolves when it is
   * committed. Rejects with `ND_STORAGE_FULL`, and with `ND_BACKEND_UNREACHABLE` when other processes do not stop writing.
   */
  write<T>(operation: () => T): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(this.#closed());
    return this.#commits.run(operation);
  }

  /** Calls `listener` after commits of other processes; not after our own. Returns how to stop. */
  onForeignChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Writes what was asked for, and closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.drain();
    this.#changes.close();
    await this.#log.close();
    this.#connection.close();
  }

  #begun(): void {
    this.#changes.look();
    this.fences.forget();
    for (const time of this.#times.values()) time.begun();
  }

  #closed(): StoppedError {
    return new StoppedError(`"${this.path}" is closed`);
  }
}
