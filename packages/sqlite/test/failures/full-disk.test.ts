import type { AggregateEvent } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from '../support/files.ts';

function event(sequenceId: number, text: string): AggregateEvent {
  return {
    aggregateId: '1',
    sequenceId,
    date: new Date(0),
    name: 'Noted',
    revision: 1,
    payload: { text },
    transactionId: `t${sequenceId}`,
    metadata: {},
  };
}

test('a full disk is an error by code, nothing of the append is stored, and what was stored can be read', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase({ path: folder.file(), maxFileMiB: 1 });
  const db = new SqliteEventStoreDb(database);
  await db.append('Note/1', 't1', 0, [event(1, 'small')]);
  const large = db.append('Note/1', 't2', 1, [event(2, 'x'), event(3, 'x'.repeat(2_000_000))]);
  // Asked for in the same moment, so it shares the transaction of the one that fails.
  const small = db.append('Note/2', 't1', 0, [event(1, 'beside')]);
  await expect(large).rejects.toMatchObject({ code: 'ND_STORAGE_FULL' });
  expect(await small).toMatchObject({ version: 1, duplicate: false });
  const { events, version } = await db.load('Note/1', { from: 1, to: 10, limit: 10 });
  expect([events.map(({ payload }) => payload), version]).toEqual([[{ text: 'small' }], 1]);
  expect(await db.append('Note/1', 't3', 1, [event(2, 'again')])).toMatchObject({ version: 2, duplicate: false });
});
