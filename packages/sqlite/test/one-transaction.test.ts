import type { AggregateEvent, TransportMessage } from '@ndomain/core';
import { sqlite, SqliteDatabase, SqliteEventStoreDb, SqliteTransport } from '@ndomain/sqlite';
import { eventually } from '@ndomain/testing';
import { describe, expect, test } from 'vitest';
import { startBank, type AccountCommands } from './support/bank.ts';
import { Folder } from './support/files.ts';

const EVENT: AggregateEvent = {
  aggregateId: '1',
  sequenceId: 1,
  date: new Date(0),
  name: 'Deposited',
  revision: 1,
  payload: { amount: 1 },
  transactionId: 't1',
  metadata: {},
};
const MESSAGE: TransportMessage = {
  id: 'm1',
  name: 'Deposited',
  payload: { amount: 1 },
  headers: {},
  endpoint: 'accounts',
  component: 'c',
};

describe('events and their messages in one file', () => {
  test('G1 G2 are stored and sent in one transaction: nothing is ever uncommitted', async () => {
    using folder = new Folder();
    const backend = sqlite(folder.file());
    let sum = 0;
    const context = await startBank(backend, (amount) => (sum += amount));
    const commands = context.commands<AccountCommands>();
    for (let i = 1; i <= 20; i++) await commands.send('Deposit', { id: String(i % 3), amount: i });
    await eventually(() => sum === 210);
    const uncommitted = await context.eventStore.db.findUncommitted({ olderThan: Date.now() + 1_000, limit: 10 });
    expect(uncommitted).toEqual([]);
    await context.stop();
  });

  test('G2 an append that is refused sends nothing, and one that is a duplicate nothing more', async () => {
    using folder = new Folder();
    await using database = new SqliteDatabase(folder.file());
    const db = new SqliteEventStoreDb(database);
    const transport = new SqliteTransport(database);
    const append = (transactionId: string): Promise<unknown> =>
      db.appendAndSend('Account/1', transactionId, 0, [EVENT], transport.enlist([MESSAGE]));
    await append('t1');
    await expect(append('t2')).rejects.toMatchObject({ code: 'ND_CONCURRENCY' });
    expect(await append('t1')).toEqual({ version: 1, duplicate: true });
    expect((await transport.figures('accounts')).ready).toBe(1);
    expect(await db.loadUncommitted('Account/1', 't1')).toEqual([]);
  });

  test('messages of another file are refused', async () => {
    using folder = new Folder();
    await using one = new SqliteDatabase(folder.file('one.db'));
    await using other = new SqliteDatabase(folder.file('other.db'));
    const messages = new SqliteTransport(other).enlist([MESSAGE]);
    const appending = new SqliteEventStoreDb(one).appendAndSend('Account/1', 't1', 0, [EVENT], messages);
    await expect(appending).rejects.toMatchObject({ code: 'ND_UNSUPPORTED' });
  });
});
