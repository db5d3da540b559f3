import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { TransportMessage } from '@ndomain/core';
import { SqliteDatabase, SqliteTransport } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from './support/files.ts';

const NEVER = new AbortController().signal;
const BATCH = 500;

function messages(round: number): TransportMessage[] {
  return Array.from({ length: BATCH }, (_, i) => ({
    id: `${round}/${i}`,
    name: 'Deposit',
    payload: { note: 'x'.repeat(400) },
    headers: {},
    endpoint: 'accounts',
    component: 'accounts',
  }));
}

/** Sends a batch, and handles it. */
async function pass(transport: SqliteTransport, round: number): Promise<void> {
  await transport.send(messages(round));
  const receiver = transport.receiver('accounts', { leaseMs: 60_000 });
  for (let left = BATCH; left > 0;) {
    const received = await receiver.receive(100, NEVER);
    left -= received.length;
    await Promise.all(received.map(async (each) => each.commit()));
  }
}

function messagesIn(file: string): number {
  const raw = new DatabaseSync(file, { readOnly: true });
  const { count } = raw.prepare('SELECT count(*) AS count FROM message').get() as { count: number };
  raw.close();
  return count;
}

test('the file does not grow with the number of messages that went through it', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
  await using transport = new SqliteTransport(database);
  const sizeAfter = async (from: number, to: number): Promise<number> => {
    for (let round = from; round < to; round++) await pass(transport, round);
    await database.read(() => database.query('PRAGMA wal_checkpoint(PASSIVE)').all());
    return statSync(folder.file()).size;
  };
  const early = await sizeAfter(0, 10);
  expect(await sizeAfter(10, 60)).toBeLessThanOrEqual(early * 1.1);
  expect(messagesIn(folder.file())).toBeLessThan(1_000);
});

test('what a dead process had handled and not yet deleted is deleted by the next one', async () => {
  using folder = new Folder();
  for (let round = 0; round < 4; round++) {
    const database = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
    await pass(new SqliteTransport(database), round);
    // It ends without closing the transport.
    await database[Symbol.asyncDispose]();
  }
  expect(messagesIn(folder.file())).toBe(4 * BATCH);
  await using database = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
  await using transport = new SqliteTransport(database);
  await pass(transport, 4);
  await pass(transport, 5);
  expect(messagesIn(folder.file())).toBe(0);
});

test('G8 of thousands that are given up on each is a dead letter, whenever texts are deleted', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
  await using transport = new SqliteTransport(database);
  const reason = { code: 'ND_TEST', message: 'no', attempts: 1, failedAt: 0 };
  const receiver = transport.receiver('accounts', { leaseMs: 60_000 });
  for (let round = 0; round < 5; round++) {
    await transport.send(messages(round));
    for (let left = BATCH; left > 0;) {
      const received = await receiver.receive(100, NEVER);
      left -= received.length;
      await Promise.all(received.map((each) => each.deadLetter(reason)));
    }
  }
  expect(await transport.deadLetters('accounts').count()).toBe(5 * BATCH);
});
