import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteDatabase } from '@ndomain/sqlite';

/** A folder of its own for a test's files, which goes away with it. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(path.join(tmpdir(), 'ndomain-sqlite-'));

  file(name = 'test.db'): string {
    return path.join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** One file, opened twice, as two processes do. */
export class TwoConnections {
  readonly #folder = new Folder();
  #third: SqliteDatabase | undefined;
  readonly file = this.#folder.file();
  // What the suites prove does not depend on the disk: they are quicker when nothing waits for it.
  readonly first = new SqliteDatabase({ path: this.file, durability: 'normal' });
  readonly second = new SqliteDatabase({ path: this.file, durability: 'normal' });

  /** A third one, in place of the two. */
  async reopen(): Promise<SqliteDatabase> {
    await this.first[Symbol.asyncDispose]();
    await this.second[Symbol.asyncDispose]();
    this.#third = new SqliteDatabase({ path: this.file, durability: 'normal' });
    return this.#third;
  }

  async close(): Promise<void> {
    await this.#third?.[Symbol.asyncDispose]();
    await this.first[Symbol.asyncDispose]();
    await this.second[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** What a suite's case is given, and the file that it lives in. */
export interface OnFile {
  readonly connections: TwoConnections;
}

/** Makes both instances of a part on one new file. */
export function onTwo<Part>(make: (database: SqliteDatabase) => Part): OnFile & { first: Part; second: Part } {
  const connections = new TwoConnections();
  return { connections, first: make(connections.first), second: make(connections.second) };
}

/** Closes what {@link onTwo} opened. */
export async function closeFile(backend: object): Promise<void> {
  if ('connections' in backend && backend.connections instanceof TwoConnections) await backend.connections.close();
}

/** Closes both instances of a backend, and opens its file again. */
export async function reopened<Part>(backend: object, make: (database: SqliteDatabase) => Part): Promise<Part> {
  if (!('connections' in backend) || !(backend.connections instanceof TwoConnections)) throw new Error('no file');
  return make(await backend.connections.reopen());
}

/** Runs SQL on the file of a backend, past all our code. */
export async function execute(backend: object, sql: string, ...values: readonly (string | number)[]): Promise<void> {
  if (!('connections' in backend) || !(backend.connections instanceof TwoConnections)) throw new Error('no file');
  const { first } = backend.connections;
  await first.write(() => first.query(sql).run(...values));
}
