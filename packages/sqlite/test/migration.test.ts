import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SqliteDatabase, SqliteEventStoreDb, SqliteSnapshotStore, SqliteTransport } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from './support/files.ts';

const VERSION_1 = readFileSync(new URL('fixtures/version-1.sql', import.meta.url), 'utf8');

function versionOne(file: string): void {
  const raw = new DatabaseSync(file);
  raw.exec(VERSION_1);
  raw.close();
}

test('a file of version 1 is brought forward with every message where it stood', async () => {
  using folder = new Folder();
  versionOne(folder.file());
  await using database = new SqliteDatabase(folder.file());
  await using transport = new SqliteTransport(database);
  expect(await transport.figures('accounts')).toMatchObject({ ready: 3, delayed: 1, inFlight: 0 });

  const { signal } = new AbortController();
  const received = await transport.receiver('accounts', { leaseMs: 60_000 }).receive(10, signal);
  expect(received.map((each) => [each.read().message?.id, each.deliveryCount])).toEqual([
    ['in-flight', 3],
    ['ready', 1],
  ]);
  expect(received[1]?.read().message).toMatchObject({ headers: { a: 'b' }, payload: { amount: 2 } });
  const [partitioned] = await transport.receiver('accounts', { leaseMs: 60_000, partition: 3 }).receive(10, signal);
  expect(partitioned?.read().message).toMatchObject({ id: 'partitioned', partition: 3 });

  const { events } = await new SqliteEventStoreDb(database).load('Account/1', { from: 1, to: 9, limit: 9 });
  expect(events).toMatchObject([{ sequenceId: 1, payload: { amount: 5 } }]);
});

test('G15 snapshots of a file of version 1 are forgotten, since nothing says which code made them, and new ones are kept', async () => {
  using folder = new Folder();
  versionOne(folder.file());
  const raw = new DatabaseSync(folder.file());
  raw.exec(`INSERT INTO snapshot (stream_id, version, revision, data) VALUES ('Account/1', 9, 1, '{"balance":9}')`);
  raw.close();
  await using database = new SqliteDatabase(folder.file());
  const snapshots = new SqliteSnapshotStore(database);
  expect(await snapshots.load('Account/1')).toBeUndefined();
  // Of a lower version: that of before is in nobody's way.
  const made = { version: 1, madeBy: 'r1', data: { balance: 5 } };
  await snapshots.save('Account/1', made);
  expect(await snapshots.load('Account/1')).toEqual(made);
});

test('what waited in a file of version 1 comes when it would have come', async () => {
  using folder = new Folder();
  versionOne(folder.file());
  const raw = new DatabaseSync(folder.file());
  const dueAt = Date.now() + 200;
  raw.exec(`UPDATE message SET visible_at = ${dueAt} WHERE visible_at IS NOT NULL`);
  raw.close();
  await using database = new SqliteDatabase(folder.file());
  await using transport = new SqliteTransport(database);
  const receiver = transport.receiver('accounts', { leaseMs: 60_000 });
  const signal = AbortSignal.timeout(10_000);
  const ids = new Set<unknown>();
  while (ids.size < 3) {
    const received = await receiver.receive(1, signal);
    for (const each of received) ids.add(each.read().message?.id);
  }
  expect(Date.now()).toBeGreaterThanOrEqual(dueAt);
  expect(ids).toEqual(new Set(['in-flight', 'ready', 'delayed']));
});

test('of several that open an old file at once one brings it forward', async () => {
  using folder = new Folder();
  versionOne(folder.file());
  const databases = Array.from({ length: 3 }, () => new SqliteDatabase(folder.file()));
  for (const database of databases) {
    expect((await new SqliteTransport(database).figures('accounts')).ready).toBe(3);
    await database[Symbol.asyncDispose]();
  }
});
