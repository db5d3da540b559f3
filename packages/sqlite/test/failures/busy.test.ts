import { DatabaseSync } from 'node:sqlite';
import type { TransportMessage } from '@ndomain/core';
import { SqliteDatabase, SqliteTransport } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from '../support/files.ts';

function message(id: string): TransportMessage {
  return { id, name: 'Deposit', payload: {}, headers: {}, endpoint: 'accounts', component: 'accounts' };
}

test('a write waits while others write, and fails by code when they do not stop in the stated time', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase({ path: folder.file(), busyTimeoutMs: 50 });
  await using transport = new SqliteTransport(database);
  const other = new DatabaseSync(folder.file());
  other.exec('BEGIN IMMEDIATE');
  await expect(transport.send([message('1')])).rejects.toMatchObject({
    code: 'ND_BACKEND_UNREACHABLE',
  });
  expect(await transport.figures('accounts')).toMatchObject({ ready: 0 });

  const sending = transport.send([message('2')]);
  other.exec('COMMIT');
  await sending;
  expect(await transport.figures('accounts')).toMatchObject({ ready: 1 });
  other.close();
});

test('G7 an extension that could not be written does not stand in the way of the next', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase({ path: folder.file(), busyTimeoutMs: 50 });
  await using transport = new SqliteTransport(database);
  await transport.send([message('1')]);
  const { signal } = new AbortController();
  const [received] = await transport.receiver('accounts', { leaseMs: 60_000 }).receive(1, signal);
  const other = new DatabaseSync(folder.file());
  other.exec('BEGIN IMMEDIATE');
  await expect(received?.extend(120_000)).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
  other.exec('COMMIT');
  other.close();
  await received?.extend(120_000);
  await received?.commit();
  expect(await transport.figures('accounts')).toMatchObject({ ready: 0, inFlight: 0 });
});
