import { DatabaseSync } from 'node:sqlite';
import { SqliteDatabase, SqliteTransport } from '@ndomain/sqlite';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { Folder } from './support/files.ts';

test('G12 a receiver that waits tells when the file cannot be read any more, and when it can again', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
  await using transport = new SqliteTransport(database);
  const message = { id: '1', name: 'Deposit', payload: {}, headers: {}, endpoint: 'accounts', component: 'c' };
  await transport.send([message]);
  const told: unknown[] = [];
  const stop = new AbortController();
  const receiver = transport.receiver('accounts', { leaseMs: 60_000, onReceiving: (problem) => told.push(problem) });
  const [received] = await receiver.receive(1, stop.signal);
  const waiting = receiver.receive(1, stop.signal);
  expect(told).toEqual([undefined]);

  const hand = new DatabaseSync(folder.file());
  hand.exec('ALTER TABLE delivery RENAME TO elsewhere');
  await expect(waiting).rejects.toThrow('no such table');
  expect(told).toEqual([undefined, expect.any(Error)]);
  await expect(receiver.receive(1, stop.signal)).rejects.toThrow('no such table');
  expect(told).toHaveLength(2);

  hand.exec('ALTER TABLE elsewhere RENAME TO delivery');
  hand.close();
  const again = receiver.receive(1, stop.signal);
  await eventually(() => told.length === 3);
  expect(told.at(-1)).toBeUndefined();
  stop.abort();
  await again;
  await received?.commit();
});
