import type { AggregateEvent, EventStoreDb } from '@ndomain/core';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { EventsTable, eventsAfter } from '../support/events.ts';
import type { Fault } from '../support/storage-proxy.ts';
import { on, StorageProxy } from '../support/storage-proxy.ts';

const STREAM = 'Sale/1';
let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => proxy.reset());
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  expect(proxy.violations).toEqual([]);
});

const append = on('table', 'transaction', ({ body }) => body.includes('Sale.2F') && !body.includes('dirty'));
const toIndex = on('table', 'transaction', ({ body }) => body.includes('dirty'));
const busy: Fault = { kind: 'answer', status: 503, code: 'ServerBusy', retryAfterS: 1 };

async function payloads(db: EventStoreDb): Promise<unknown[]> {
  const { events } = await db.load(STREAM, { from: 1, to: 1_000_000, limit: 1_000 });
  return events.map((event: AggregateEvent) => event.payload);
}

describe('G3 an answer that was lost', () => {
  test('to an append: it succeeds, once, and is no duplicate', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
    proxy.fail(append, { kind: 'loseAnswer' });
    const result = await db.append(STREAM, 't2', 1, eventsAfter(1, ['b', 'c']));
    expect(result).toEqual({ version: 3, duplicate: false, uncommittedBefore: ['t1'] });
    expect(await db.append(STREAM, 't3', 3, eventsAfter(3, ['d']))).toMatchObject({ version: 4, duplicate: false });
    expect(await payloads(table.open())).toEqual(['a', 'b', 'c', 'd']);
  });

  test('to the first append of a stream: it succeeds, once', async () => {
    const db = new EventsTable(proxy).open();
    proxy.fail(append, { kind: 'loseAnswer' });
    expect(await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']))).toEqual({ version: 1, duplicate: false });
    expect(await payloads(db)).toEqual(['a']);
  });

  test('to an append that another one overtook before the second try: it succeeds, once', async () => {
    const table = new EventsTable(proxy);
    const other = table.open();
    await other.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
    const db = table.open();
    proxy.fail(append, { kind: 'loseAnswer' });
    const appending = db.append(STREAM, 't2', 1, eventsAfter(1, ['b']));
    await expect.poll(async () => (await payloads(other)).length).toBe(2);
    await other.append(STREAM, 't3', 2, eventsAfter(2, ['c']));
    expect(await appending).toMatchObject({ version: 2, duplicate: false });
    expect(await payloads(other)).toEqual(['a', 'b', 'c']);
  });

  test('to the index, and to a commit: neither is noticed', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    proxy.fail(toIndex, { kind: 'loseAnswer' });
    proxy.fail(on('table', 'delete'), { kind: 'loseAnswer' });
    await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
    await db.commit(STREAM, 't1');
    expect(await table.open().findUncommitted({ olderThan: Date.now() + 60_000, limit: 10 })).toEqual([]);
    expect(await payloads(db)).toEqual(['a']);
  });
});

describe('a refusal of the service', () => {
  for (const [status, code] of [
    [412, 'UpdateConditionNotSatisfied'],
    [409, 'EntityAlreadyExists'],
  ] as const) {
    test(`${status} for an append that nobody competed with: the stream is read, and the append tried again`, async () => {
      const table = new EventsTable(proxy);
      const db = table.open();
      await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
      await db.commit(STREAM, 't1');
      proxy.fail(append, { kind: 'answer', status, code });
      expect(await db.append(STREAM, 't2', 1, eventsAfter(1, ['b']))).toEqual({ version: 2, duplicate: false });
      expect(await payloads(table.open())).toEqual(['a', 'b']);
    });
  }

  test('again and again: an error at last, and nothing stored', async () => {
    const db = new EventsTable(proxy).open();
    proxy.fail(append, { kind: 'answer', status: 412, code: 'UpdateConditionNotSatisfied' }, 99);
    await expect(db.append(STREAM, 't1', 0, eventsAfter(0, ['a']))).rejects.toMatchObject({ statusCode: 412 });
    expect(await payloads(db)).toEqual([]);
  });

  test('412 and 409 for commits change nothing that was committed or not', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
    await Promise.all([db.commit(STREAM, 't1'), table.open().commit(STREAM, 't1'), db.commit(STREAM, 't1')]);
    expect(await db.loadUncommitted(STREAM, 't1')).toEqual([]);
  });

  for (const fault of [
    busy,
    { kind: 'answer', status: 500, code: 'InternalError' },
    { kind: 'answer', status: 429, code: 'TooManyRequests', retryAfterS: 0 },
    { kind: 'refuse' },
  ] satisfies Fault[]) {
    const name = fault.kind === 'answer' ? `${fault.status} ${fault.code}` : 'a broken connection';
    test(`${name} on every step: tried again, and done once`, async () => {
      const table = new EventsTable(proxy);
      const db = table.open();
      for (const step of ['createTable', 'query', 'get', 'delete']) proxy.fail(on('table', step), fault);
      proxy.fail(append, fault);
      proxy.fail(toIndex, fault);
      expect((await db.load(STREAM, { from: 1, to: 9, limit: 9 })).version).toBe(0);
      expect(await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']))).toEqual({ version: 1, duplicate: false });
      expect((await db.loadUncommitted(STREAM, 't1')).length).toBe(1);
      await db.commit(STREAM, 't1');
      expect(await db.findUncommitted({ olderThan: Date.now() + 60_000, limit: 9 })).toEqual([]);
      expect(await payloads(table.open())).toEqual(['a']);
    });
  }

  test('one that does not end is an error that says what was tried', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    await db.load(STREAM, { from: 1, to: 1, limit: 1 });
    proxy.fail(append, { kind: 'answer', status: 500, code: 'InternalError' }, 99);
    await expect(db.append(STREAM, 't1', 0, eventsAfter(0, ['a']))).rejects.toMatchObject({
      code: 'ND_BACKEND_UNREACHABLE',
      message: expect.stringContaining(table.name) as string,
    });
  });
});

describe('limits of the service', () => {
  test('an append of 1,000 events and 3 MiB is one transaction within the limits, however badly it deflates', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    // Random text of 64 signs deflates least of what JSON can hold; 3,050 bytes of it a thousand times are 2.9 MiB, the rest are headers.
    const texts = Array.from({ length: 1_000 }, () => randomBytes(2_280).toString('base64'));
    const writes = (): number => proxy.seen.filter(append).length;
    expect(await db.append(STREAM, 't1', 0, eventsAfter(0, texts))).toEqual({ version: 1_000, duplicate: false });
    expect(writes()).toBe(1);
    const read: unknown[] = [];
    for (let from = 1; from <= 1_000;) {
      const page = await table.open().load(STREAM, { from, to: 1_000, limit: 1_000 });
      read.push(...page.events.map(({ payload }) => payload));
      from += page.events.length;
    }
    expect(read).toEqual(texts);
  });

  test('small events between large ones make no more rows than a transaction takes', async () => {
    const db = new EventsTable(proxy).open();
    const large = randomBytes(34_000).toString('base64');
    const mixed = Array.from({ length: 90 }, (_, i) => (i % 2 === 0 ? large : 'x'.repeat(53_000)));
    await expect(db.append(STREAM, 't1', 0, eventsAfter(0, mixed))).rejects.toMatchObject({
      code: 'ND_PAYLOAD_TOO_LARGE',
      limit: 3 * 1_048_576,
    });
    expect(await db.append(STREAM, 't2', 0, eventsAfter(0, mixed.slice(0, 60)))).toMatchObject({ version: 60 });
  });

  test('an append above them is refused, with both sizes, before anything is sent', async () => {
    const db = new EventsTable(proxy).open();
    const texts = Array.from({ length: 4 }, () => 'x'.repeat(1_000_000));
    const error: unknown = await db.append(STREAM, 't1', 0, eventsAfter(0, texts)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ND_PAYLOAD_TOO_LARGE', limit: 3 * 1_048_576 });
    expect(proxy.seen.filter((seen) => append(seen) || toIndex(seen))).toEqual([]);
  });

  test('the largest payload fits into a row however badly it deflates', async () => {
    const table = new EventsTable(proxy);
    const db = table.open();
    const text = randomBytes(824_900).toString('base64');
    expect(Buffer.byteLength(text)).toBeGreaterThan(1_099_800);
    await db.append(STREAM, 't1', 0, eventsAfter(0, [text]));
    await db.append(STREAM, 't2', 1, eventsAfter(1, ['small']));
    expect(await payloads(table.open())).toEqual([text, 'small']);
  });
});

test('a table that was deleted while it is in use is an error that says so, and not an empty store', async () => {
  const table = new EventsTable(proxy);
  const db = table.open();
  await db.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
  await table.raw.client.deleteTable();
  const expected = { code: 'ND_CONFIGURATION', message: expect.stringContaining('was deleted') as string };
  await expect(db.load(STREAM, { from: 1, to: 9, limit: 9 })).rejects.toMatchObject(expected);
  await expect(db.append(STREAM, 't2', 1, eventsAfter(1, ['b']))).rejects.toMatchObject(expected);
  await expect(db.commit(STREAM, 't1')).rejects.toMatchObject(expected);
  await expect(db.findUncommitted({ olderThan: Date.now(), limit: 9 })).rejects.toMatchObject(expected);
});
