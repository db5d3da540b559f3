import { VirtualClock } from '@ndomain/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { EventsTable, eventsAfter } from '../support/events.ts';
import { on, StorageProxy } from '../support/storage-proxy.ts';

const STREAM = 'Sale/1';
const MINUTE_MS = 60_000;
let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => {
  proxy.reset();
  proxy.beforeForward = undefined;
});
afterAll(() => proxy[Symbol.asyncDispose]());

/** The transaction that appends: those of the index are in other partitions. */
const append = on('table', 'transaction', ({ body }) => body.includes('Sale.2F') && !body.includes('dirty'));
const toIndex = on('table', 'transaction', ({ body }) => body.includes('dirty'));

/** A process at a moment of its own. */
function processAt(table: EventsTable, now: number): [db: ReturnType<EventsTable['open']>, clock: VirtualClock] {
  const clock = new VirtualClock({ startAt: now });
  return [table.open(clock), clock];
}

describe('G1 what a dead process left is found, wherever it died', () => {
  test('before the index: nothing is stored, and nothing found', async () => {
    const table = new EventsTable(proxy);
    proxy.fail(toIndex, { kind: 'answer', status: 403, code: 'AuthorizationFailure' });
    await expect(table.open().append(STREAM, 't1', 0, eventsAfter(0, ['a']))).rejects.toMatchObject({
      code: 'ND_CONFIGURATION',
    });
    const next = table.open();
    expect(await next.findUncommitted({ olderThan: Date.now() + MINUTE_MS, limit: 10 })).toEqual([]);
    expect((await next.load(STREAM, { from: 1, to: 9, limit: 9 })).version).toBe(0);
  });

  test('between index and append: nothing is found, and the trace goes away when the process is taken for dead', async () => {
    const table = new EventsTable(proxy);
    const [dying] = processAt(table, Date.now());
    proxy.fail(append, { kind: 'answer', status: 403, code: 'AuthorizationFailure' });
    await expect(dying.append(STREAM, 't1', 0, eventsAfter(0, ['a']))).rejects.toThrow('AuthorizationFailure');
    const [next, clock] = processAt(table, Date.now());
    const find = (): Promise<unknown> => next.findUncommitted({ olderThan: clock.now() + MINUTE_MS, limit: 10 });
    expect(await find()).toEqual([]);
    expect(await table.indexed()).toBe(1);
    // However the clock of this process is set, it is the service's time that counts.
    clock.step(60 * MINUTE_MS);
    expect(await find()).toEqual([]);
    expect(await table.indexed()).toBe(1);
    proxy.aheadMs = 2 * MINUTE_MS;
    expect(await find()).toEqual([]);
    expect(await table.indexed()).toBe(0);
    expect(await next.append(STREAM, 't1', 0, eventsAfter(0, ['a']))).toEqual({ version: 1, duplicate: false });
  });

  test('between append and commit: the next process finds it and commits it, and the trace goes away', async () => {
    const table = new EventsTable(proxy);
    const [dying] = processAt(table, Date.now());
    await dying.append(STREAM, 't1', 0, eventsAfter(0, ['a', 'b']));
    const [next, clock] = processAt(table, Date.now());
    const find = (): Promise<readonly unknown[]> =>
      next.findUncommitted({ olderThan: clock.now() + MINUTE_MS, limit: 10 });
    expect(await find()).toMatchObject([{ streamId: STREAM, transactionId: 't1' }]);
    proxy.aheadMs = 24 * 60 * MINUTE_MS;
    await clock.advance(24 * 60 * MINUTE_MS);
    expect(await find()).toMatchObject([{ streamId: STREAM, transactionId: 't1' }]);
    expect((await next.loadUncommitted(STREAM, 't1')).map(({ payload }) => payload)).toEqual(['a', 'b']);
    await next.commit(STREAM, 't1');
    expect(await find()).toEqual([]);
    expect(await table.indexed()).toBe(0);
  });

  test('a process that stood still between index and append, and was taken for dead, appends so that it is found', async () => {
    const table = new EventsTable(proxy);
    const [slow] = processAt(table, Date.now());
    for (const isNew of [true, false]) {
      const version = isNew ? 0 : 1;
      const held = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      let holds = 1;
      proxy.beforeForward = async (seen) => {
        if (!append(seen) || holds-- <= 0) return;
        reached.resolve();
        await held.promise;
      };
      const appending = slow.append(STREAM, `t${version}`, version, eventsAfter(version, ['late']));
      await reached.promise;
      const [other, clock] = processAt(table, Date.now());
      proxy.aheadMs += 2 * MINUTE_MS;
      await clock.advance(proxy.aheadMs);
      expect(await other.findUncommitted({ olderThan: clock.now(), limit: 10 })).toEqual([]);
      expect(await table.indexed()).toBe(0);
      held.resolve();
      expect(await appending).toEqual({ version: version + 1, duplicate: false });
      expect(await other.findUncommitted({ olderThan: clock.now() + MINUTE_MS, limit: 10 })).toMatchObject([
        { transactionId: `t${version}` },
      ]);
      await slow.commit(STREAM, `t${version}`);
    }
  });
});

describe('the index of a process that lives', () => {
  test('is left in order when the process stops, but for what is uncommitted', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    for (const stream of ['Sale/1', 'Sale/2', 'Sale/3']) {
      await db.append(stream, 't', 0, eventsAfter(0, ['a']));
      if (stream !== 'Sale/2') await db.commit(stream, 't');
    }
    await db[Symbol.asyncDispose]();
    // The stream, and how far the process is clean.
    expect(await table.indexed()).toBe(2);
    const left = await table.open().findUncommitted({ olderThan: Date.now() + MINUTE_MS, limit: 10 });
    expect(left).toMatchObject([{ streamId: 'Sale/2', transactionId: 't' }]);
    await db.commit('Sale/2', 't');
    await db[Symbol.asyncDispose]();
    expect(await table.indexed()).toBe(0);
  });

  test('is tidied when its streams are idle, and says before how far it is clean', async () => {
    const table = new EventsTable(proxy);
    const [db, clock] = processAt(table, Date.now());
    for (let i = 0; i < 120; i++) {
      await db.append(`Sale/${i}`, 't', 0, eventsAfter(0, ['a']));
      await db.commit(`Sale/${i}`, 't');
    }
    expect(await table.indexed()).toBe(120);
    await clock.advance(10_000);
    await expect.poll(() => table.indexed()).toBe(121);
    proxy.reset();
    expect(await table.open().findUncommitted({ olderThan: clock.now() - 5_000, limit: 10 })).toEqual([]);
    // All of it was committed before, so no stream is looked at: one request, and one that makes sure of the table.
    expect(proxy.count()).toBeLessThanOrEqual(2);
    await clock.advance(20_000);
    await expect.poll(() => table.indexed()).toBe(0);
  });

  test('does not doubt an append that is in flight, however long it takes', async () => {
    const table = new EventsTable(proxy);
    const [slow, clock] = processAt(table, Date.now());
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    proxy.beforeForward = async (seen) => {
      if (!append(seen)) return;
      reached.resolve();
      await held.promise;
    };
    const appending = slow.append(STREAM, 't1', 0, eventsAfter(0, ['late']));
    await reached.promise;
    for (let i = 0; i < 20; i++) await clock.advance(10_000);
    await expect.poll(() => table.indexed()).toBe(2);
    held.resolve();
    await appending;
    const found = await table.open().findUncommitted({ olderThan: clock.now(), limit: 10 });
    expect(found).toMatchObject([{ transactionId: 't1' }]);
  });

  test('keeps a stream with something uncommitted, and does not call itself clean beyond it', async () => {
    const table = new EventsTable(proxy);
    const [db, clock] = processAt(table, Date.now());
    await db.append('Sale/1', 'left', 0, eventsAfter(0, ['a']));
    const other = table.open();
    for (let i = 0; i < 12; i++) {
      const version = i;
      await db.append('Sale/2', `t${i}`, version, eventsAfter(version, ['b']));
      await db.commit('Sale/2', `t${i}`);
      await clock.advance(10_000);
    }
    const found = await other.findUncommitted({ olderThan: clock.now() - 30_000, limit: 10 });
    expect(found).toMatchObject([{ streamId: 'Sale/1', transactionId: 'left' }]);
    // Another process publishes it: this one finds out by itself.
    await other.commit('Sale/1', 'left');
    await clock.advance(40_000);
    await expect
      .poll(async () => {
        await clock.advance(10_000);
        return table.indexed();
      })
      .toBe(0);
  });
});
