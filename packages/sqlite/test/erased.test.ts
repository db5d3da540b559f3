import { DatabaseSync } from 'node:sqlite';
import { EventStore, type AggregateEvent } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { describe, expect, test } from 'vitest';
import { Folder } from './support/files.ts';

const OF_STREAM = "stream = (SELECT stream FROM stream WHERE stream_id = 'Account/1')";
const ALL = { from: 1, to: Infinity, limit: 100 };

function event(sequenceId: number, transactionId: string): AggregateEvent {
  const payload = { text: `${transactionId}/${sequenceId}` };
  const date = new Date(0);
  return { aggregateId: '1', sequenceId, date, name: 'Noted', revision: 1, payload, transactionId, metadata: {} };
}

/** A file with the streams Account/1, of three appends, and Account/2, of one; and a hand that changes it past our code. */
class Store implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly database = new SqliteDatabase({ path: this.#folder.file(), durability: 'normal' });
  readonly db = new SqliteEventStoreDb(this.database);

  static async filled(): Promise<Store> {
    const store = new Store();
    await store.append('Account/1', 'a', 0, 2);
    await store.append('Account/2', 'b', 0, 1);
    await store.append('Account/1', 'c', 2, 3);
    await store.append('Account/1', 'd', 5, 1);
    return store;
  }

  append(streamId: string, transactionId: string, version: number, count: number): Promise<unknown> {
    const events = Array.from({ length: count }, (_, i) => event(version + i + 1, transactionId));
    return this.db.append(streamId, transactionId, version, events);
  }

  byHand(sql: string): void {
    const hand = new DatabaseSync(this.#folder.file());
    hand.exec(sql);
    hand.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

async function collected(streams: AsyncIterable<readonly AggregateEvent[]>): Promise<readonly AggregateEvent[]> {
  const all: AggregateEvent[] = [];
  for await (const page of streams) all.push(...page);
  return all;
}

const corruptAt = (version: number, streamId = 'Account/1'): object => ({
  code: 'ND_CORRUPT_EVENT',
  streamId,
  version,
});

describe('A stream whose events were deleted by hand', () => {
  const ways = [
    ['its events', `DELETE FROM event WHERE ${OF_STREAM}`],
    [
      'its events and its row',
      `DELETE FROM event WHERE ${OF_STREAM}; DELETE FROM stream WHERE stream_id = 'Account/1'`,
    ],
  ] as const;
  test.each(ways)('%s, is an empty one, and begins anew', async (_, sql) => {
    await using store = await Store.filled();
    const { db } = store;
    store.byHand(sql);
    expect(await db.load('Account/1', ALL)).toEqual({
      events: [],
      version: 0,
      hasMore: false,
      holdsTransaction: false,
    });
    expect(await db.loadUncommitted('Account/1', 'a')).toEqual([]);
    expect(await db.findUncommitted({ olderThan: Number.MAX_SAFE_INTEGER, limit: 10, streamId: 'Account/1' })).toEqual(
      [],
    );
    await expect(store.append('Account/1', 'e', 6, 1)).rejects.toMatchObject({
      code: 'ND_CONCURRENCY',
      currentVersion: 0,
    });
    // Under an id that the stream once held: what was erased is not remembered.
    expect(await store.append('Account/1', 'a', 0, 2)).toEqual({ version: 2, duplicate: false });
    expect((await db.load('Account/1', ALL)).events.map(({ sequenceId }) => sequenceId)).toEqual([1, 2]);
    expect((await db.load('Account/2', ALL)).version).toBe(1);
  });

  test('G1 does not take the place of what comes later: whoever catches up meets it', async () => {
    await using store = await Store.filled();
    const { cursor } = await store.db.readAll(undefined, 100);
    store.byHand(`DELETE FROM event WHERE ${OF_STREAM}`);
    expect(await store.db.readAll(cursor, 100)).toMatchObject({ events: [], hasMore: false });
    await store.append('Account/3', 'e', 0, 2);
    const { events } = await store.db.readAll(cursor, 100);
    expect(events.map(({ streamId, sequenceId }) => [streamId, sequenceId])).toEqual([
      ['Account/3', 1],
      ['Account/3', 2],
    ]);
    const all = await store.db.readAll(undefined, 100);
    expect(all.events.map(({ streamId }) => streamId)).toEqual(['Account/2', 'Account/3', 'Account/3']);
  });

  test('may be all there were', async () => {
    await using store = await Store.filled();
    const { cursor } = await store.db.readAll(undefined, 100);
    store.byHand('DELETE FROM event; DELETE FROM stream');
    expect((await store.db.readAll(undefined, 100)).events).toEqual([]);
    await store.append('Account/1', 'a', 0, 1);
    expect((await store.db.readAll(cursor, 100)).events).toMatchObject([{ streamId: 'Account/1', sequenceId: 1 }]);
  });
});

describe('G5 a stream with a hole', () => {
  const holes = [
    ['in its middle', 4],
    ['at its beginning', 1],
  ] as const;
  test.each(holes)('%s is an error that names the version, wherever it is read', async (_, version) => {
    await using store = await Store.filled();
    const { db } = store;
    store.byHand(`DELETE FROM event WHERE sequence_id = ${version} AND ${OF_STREAM}`);
    await expect(db.load('Account/1', ALL)).rejects.toMatchObject(corruptAt(version));
    await expect(db.load('Account/1', { from: version, to: version, limit: 1 })).rejects.toMatchObject(
      corruptAt(version),
    );
    await expect(collected(new EventStore(db, async () => undefined).load('Account/1'))).rejects.toMatchObject(
      corruptAt(version),
    );
    await expect(db.readAll(undefined, 100)).rejects.toMatchObject(corruptAt(version));
    expect((await db.load('Account/1', { from: 5, to: 9, limit: 9 })).events.map((each) => each.sequenceId)).toEqual([
      5, 6,
    ]);
    expect((await db.load('Account/2', ALL)).version).toBe(1);
  });

  test('in an append that is not committed is not published', async () => {
    await using store = await Store.filled();
    store.byHand(`DELETE FROM event WHERE sequence_id = 4 AND ${OF_STREAM}`);
    await expect(store.db.loadUncommitted('Account/1', 'c')).rejects.toMatchObject(corruptAt(4));
    const published: string[] = [];
    const eventStore = new EventStore(store.db, async (streamId, events) => {
      published.push(...events.map(({ sequenceId }) => `${streamId} ${sequenceId}`));
    });
    const { errors } = await eventStore.recover(Number.MAX_SAFE_INTEGER);
    expect(errors).toMatchObject([corruptAt(4)]);
    expect(published.toSorted()).toEqual(['Account/1 1', 'Account/1 2', 'Account/2 1']);
  });
});

describe('Events whose stream lost its row', () => {
  test('do not become those of the next new stream', async () => {
    await using store = await Store.filled();
    store.byHand('DELETE FROM stream');
    expect(await store.append('Account/9', 'a', 0, 1)).toEqual({ version: 1, duplicate: false });
    expect((await store.db.load('Account/9', ALL)).events).toMatchObject([{ sequenceId: 1, transactionId: 'a' }]);
    expect(await store.append('Account/1', 'a', 0, 1)).toEqual({ version: 1, duplicate: false });
  });

  test('are not skipped by whoever catches up, and do not stop the recovery of the others', async () => {
    await using store = await Store.filled();
    store.byHand("DELETE FROM stream WHERE stream_id = 'Account/1'");
    await expect(store.db.readAll(undefined, 100)).rejects.toMatchObject(corruptAt(1, 'unknown (position 1)'));
    const found = await store.db.findUncommitted({ olderThan: Number.MAX_SAFE_INTEGER, limit: 10 });
    expect(found.map(({ streamId }) => streamId)).toEqual(['Account/2']);
  });
});
