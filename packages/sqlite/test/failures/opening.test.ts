import { mkdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sqlite, SqliteDatabase } from '@ndomain/sqlite';
import { describe, expect, test } from 'vitest';
import { startBank } from '../support/bank.ts';
import { Folder } from '../support/files.ts';

const opening = (file: string): (() => SqliteDatabase) => {
  return () => new SqliteDatabase(file);
};

describe('a file that cannot be used is an error that says what to do', () => {
  test('a path in a folder that does not exist', () => {
    using folder = new Folder();
    expect(opening(folder.file('no/such/test.db'))).toThrow(
      expect.objectContaining({ code: 'ND_BACKEND_UNREACHABLE' }) as Error,
    );
  });

  test('a folder', () => {
    using folder = new Folder();
    mkdirSync(folder.file());
    expect(opening(folder.file())).toThrow(expect.objectContaining({ code: 'ND_BACKEND_UNREACHABLE' }) as Error);
  });

  test('a file that is no database, which is left as it is', () => {
    using folder = new Folder();
    writeFileSync(folder.file(), 'Dear diary, today I was taken for a database. '.repeat(100));
    expect(opening(folder.file())).toThrow('is not a SQLite database');
    expect(opening(folder.file())).toThrow(expect.objectContaining({ code: 'ND_CONFIGURATION' }) as Error);
  });

  test('a file of a newer version, which is left as it is', async () => {
    using folder = new Folder();
    await new SqliteDatabase(folder.file())[Symbol.asyncDispose]();
    const raw = new DatabaseSync(folder.file());
    raw.exec('PRAGMA user_version = 99');
    expect(opening(folder.file())).toThrow('has version 99 of the schema');
    expect(raw.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
    raw.close();
  });

  test('the database of another program', () => {
    using folder = new Folder();
    const raw = new DatabaseSync(folder.file());
    raw.exec('CREATE TABLE theirs (a); PRAGMA user_version = 1');
    raw.close();
    expect(opening(folder.file())).toThrow('database of another program');
  });

  test('options outside their range', () => {
    expect(() => sqlite('')).toThrow('Expected path');
    expect(() => sqlite(':memory:')).toThrow('the path of a file');
    expect(() => sqlite({ path: 'a.db', maxFileMiB: 0 })).toThrow('Expected maxFileMiB');
    expect(() => sqlite({ path: 'a.db', busyTimeoutMs: NaN })).toThrow('Expected busyTimeoutMs');
  });

  test('a context that cannot open its file does not start', async () => {
    using folder = new Folder();
    await expect(startBank(sqlite(folder.file('no/such/test.db')), () => undefined)).rejects.toMatchObject({
      code: 'ND_BACKEND_UNREACHABLE',
    });
  });
});

test('of many that open a new file at once each finds the tables', async () => {
  using folder = new Folder();
  const databases = Array.from({ length: 5 }, () => new SqliteDatabase(folder.file()));
  for (const database of databases) {
    expect(await database.read(() => database.query('SELECT 1 FROM event').all())).toEqual([]);
  }
  for (const database of databases) await database[Symbol.asyncDispose]();
});
