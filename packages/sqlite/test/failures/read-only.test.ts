import { chmodSync } from 'node:fs';
import process from 'node:process';
import { SqliteDatabase } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from '../support/files.ts';

const NOBODY = 65_534;

/** Runs as somebody who is held to the modes of files, which root is not. */
function unprivileged<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(NOBODY);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

test('a file that may only be read is an error that says which rights are missing, and is left as it is', async () => {
  using folder = new Folder();
  const before = new SqliteDatabase(folder.file());
  await before.write(() => before.query("INSERT INTO stream (stream_id) VALUES ('Account/1')").run());
  await before[Symbol.asyncDispose]();
  chmodSync(folder.file(), 0o444);
  chmodSync(folder.path, 0o555);
  try {
    const opening = (): SqliteDatabase => unprivileged(() => new SqliteDatabase(folder.file()));
    expect(opening).toThrow(expect.objectContaining({ code: 'ND_CONFIGURATION' }) as Error);
    expect(opening).toThrow('cannot be written to. Give this user the right');
  } finally {
    chmodSync(folder.path, 0o755);
    chmodSync(folder.file(), 0o644);
  }
  await using after = new SqliteDatabase(folder.file());
  expect(await after.read(() => after.query('SELECT stream_id FROM stream').all())).toEqual([['Account/1']]);
});
