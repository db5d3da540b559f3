import { EventStore, type AggregateEvent, type EventStoreDb } from '@ndomain/core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { EventsTable, eventsAfter } from '../support/events.ts';
import { StorageProxy } from '../support/storage-proxy.ts';

const STREAM = 'Sale/1';
const PARTITION = 'Sale.2F1';
const LATER = Number.MAX_SAFE_INTEGER;
let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => proxy.reset());
afterAll(() => proxy[Symbol.asyncDispose]());

/** Deletes rows of the stream by hand, past all our code. */
async function erase(table: EventsTable, which: (rowKey: string) => boolean = () => true): Promise<number> {
  const { client } = table.raw;
  let erased = 0;
  for await (const { rowKey = '' } of client.listEntities({
    queryOptions: { filter: `PartitionKey eq '${PARTITION}'` },
  })) {
    if (!which(rowKey)) continue;
    await client.deleteEntity(PARTITION, rowKey);
    erased++;
  }
  return erased;
}

/** A stream of so many events, the last append of which is not committed. */
async function stream(table: EventsTable, events: number): Promise<EventStoreDb> {
  const db = table.open();
  for (let version = 0; version < events; version += 50) {
    const numbers = Array.from({ length: Math.min(50, events - version) }, (_, i) => version + i + 1);
    await db.append(STREAM, `t${version}`, version, eventsAfter(version, numbers));
    if (version + 50 < events) await db.commit(STREAM, `t${version}`);
  }
  return db;
}

async function loaded(db: EventStoreDb): Promise<unknown[]> {
  const payloads: unknown[] = [];
  for await (const events of new EventStore(db, () => Promise.resolve()).load(STREAM)) {
    payloads.push(...events.map(({ payload }: AggregateEvent) => payload));
  }
  return payloads;
}

const isHead = (rowKey: string): boolean => rowKey === 'h';
const isPack = (rowKey: string): boolean => rowKey.startsWith('d');

describe.each([20, 250])('a stream of %i events that was erased by hand', (events) => {
  test('is an empty one, also for a process that remembers it, and begins at version 1', async () => {
    const table = new EventsTable(proxy);
    const remembering = await stream(table, events);
    await loaded(remembering);
    await erase(table);
    for (const db of [remembering, table.open()]) {
      expect(await db.load(STREAM, { from: 1, to: LATER, limit: 100 })).toMatchObject({ events: [], version: 0 });
      expect(await db.load(STREAM, { from: 11, to: LATER, limit: 100 })).toMatchObject({ events: [], version: 0 });
      expect(await db.loadUncommitted(STREAM, 't0')).toEqual([]);
      expect(await db.findUncommitted({ olderThan: LATER, limit: 10 })).toEqual([]);
      expect(await db.findUncommitted({ olderThan: LATER, limit: 10, streamId: STREAM })).toEqual([]);
      await db.commit(STREAM, 't0');
    }
    // The transaction of before is not remembered either.
    expect(await remembering.append(STREAM, 't0', 0, eventsAfter(0, ['anew']))).toEqual({
      version: 1,
      duplicate: false,
    });
    expect(await loaded(table.open())).toEqual(['anew']);
    expect(await table.open().findUncommitted({ olderThan: LATER, limit: 10 })).toMatchObject([
      { transactionId: 't0' },
    ]);
  });

  test('refuses what follows its old version, though the process has seen nothing of it', async () => {
    const table = new EventsTable(proxy);
    const remembering = await stream(table, events);
    await erase(table);
    const next = remembering.append(STREAM, 'next', events, eventsAfter(events, ['late']));
    await expect(next).rejects.toMatchObject({ code: 'ND_CONCURRENCY', expectedVersion: events, currentVersion: 0 });
    expect(await remembering.append(STREAM, 'next', 0, eventsAfter(0, ['anew']))).toMatchObject({ version: 1 });
    expect(await loaded(remembering)).toEqual(['anew']);
  });
});

describe('G5 a stream whose head was erased by hand', () => {
  const corrupt = (version: number): object => ({ code: 'ND_CORRUPT_EVENT', streamId: STREAM, version });

  test('is corrupt to whoever loads it, and to whoever appends', async () => {
    const table = new EventsTable(proxy);
    const remembering = await stream(table, 250);
    await erase(table, isHead);
    for (const db of [remembering, table.open()]) {
      await expect(loaded(db)).rejects.toMatchObject(corrupt(1));
      await expect(db.load(STREAM, { from: 201, to: LATER, limit: 10 })).rejects.toMatchObject(corrupt(1));
      await expect(db.loadUncommitted(STREAM, 't200')).rejects.toMatchObject(corrupt(1));
      await expect(db.append(STREAM, 'new', 0, eventsAfter(0, ['x']))).rejects.toMatchObject(corrupt(1));
      await expect(db.append(STREAM, 'next', 250, eventsAfter(250, ['x']))).rejects.toMatchObject(corrupt(1));
      expect(await db.findUncommitted({ olderThan: LATER, limit: 10, streamId: STREAM })).toMatchObject([
        { transactionId: 't200' },
      ]);
    }
  });

  test('is never begun anew, also when all of its events were in the head and are committed', async () => {
    const table = new EventsTable(proxy);
    const remembering = await stream(table, 20);
    await remembering.commit(STREAM, 't0');
    await erase(table, isHead);
    await expect(loaded(remembering)).rejects.toMatchObject(corrupt(1));
    for (const db of [remembering, table.open()]) {
      // As after a snapshot.
      await expect(db.load(STREAM, { from: 11, to: LATER, limit: 10 })).rejects.toMatchObject(corrupt(1));
      for (const transactionId of ['t0', 'new']) {
        await expect(db.append(STREAM, transactionId, 0, eventsAfter(0, ['x']))).rejects.toMatchObject(corrupt(1));
      }
    }
    await erase(table);
    expect(await remembering.append(STREAM, 'new', 0, eventsAfter(0, ['x']))).toMatchObject({ version: 1 });
  });

  test('and replaced by an old one is corrupt', async () => {
    const table = new EventsTable(proxy);
    await stream(table, 250);
    await table.raw.client.updateEntity({ partitionKey: PARTITION, rowKey: 'h', Version: 150, First: 101 }, 'Merge');
    await expect(loaded(table.open())).rejects.toMatchObject(corrupt(151));
  });

  test('or has lost its numbers is corrupt', async () => {
    const table = new EventsTable(proxy);
    await stream(table, 20);
    await table.raw.client.upsertEntity({ partitionKey: PARTITION, rowKey: 'h' }, 'Replace');
    await expect(loaded(table.open())).rejects.toMatchObject({ code: 'ND_CORRUPT_EVENT', streamId: STREAM });
  });
});

describe('G5 a stream of which packs were erased by hand', () => {
  test.each([
    ['the first', 'd0000000100', 1],
    ['one in the middle', 'd0000000200', 101],
    ['the last', 'd0000000300', 201],
  ])('%s: is corrupt where the hole begins, in few requests', async (_, erased, version) => {
    const table = new EventsTable(proxy);
    const remembering = await stream(table, 350);
    expect(await erase(table, (rowKey) => rowKey === erased)).toBe(1);
    for (const db of [remembering, table.open()]) {
      await db.load('Sale/2', { from: 1, to: 1, limit: 1 });
      proxy.reset();
      await expect(loaded(db)).rejects.toMatchObject({ code: 'ND_CORRUPT_EVENT', streamId: STREAM, version });
      expect(proxy.count()).toBeLessThanOrEqual(8);
    }
  });

  test('all of them: what is in the head can be read, and what is missing is corrupt', async () => {
    const table = new EventsTable(proxy);
    await stream(table, 350);
    expect(await erase(table, isPack)).toBe(3);
    const db = table.open();
    await expect(loaded(db)).rejects.toMatchObject({ code: 'ND_CORRUPT_EVENT', version: 1 });
    expect((await db.load(STREAM, { from: 301, to: 350, limit: 100 })).events).toHaveLength(50);
    expect((await db.loadUncommitted(STREAM, 't300')).map(({ payload }) => payload)).toHaveLength(50);
  });
});
