import {
  AzureConnection,
  AzureQueryStore,
  AzureQueueTransport,
  AzureSnapshotStore,
  AzureSubscriptionStore,
} from '@ndomain/azure';
import { subscriptionOf, type AggregateEvent } from '@ndomain/core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { ENDPOINT, LEASE_MS, message, takeOne } from './queues/messages.ts';
import { EventsTable, eventsAfter } from './support/events.ts';
import { freshPrefix } from './support/names.ts';
import { StorageProxy } from './support/storage-proxy.ts';

const REASON = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };
let proxy: StorageProxy;
let connection: AzureConnection;
let prefix: string;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => {
  connection = new AzureConnection(proxy.connectionString);
  prefix = freshPrefix();
});
afterAll(() => proxy[Symbol.asyncDispose]());

/** With an own member of that name at two depths, as JSON of a stranger has it. */
function payload(text = 'x'): unknown {
  return JSON.parse(`{"__proto__":{"isAdmin":true},"a":[{"__proto__":"b"}],"text":"${text}"}`);
}

/** What `value` is, seen by its own members alone. */
function shown(value: unknown): string {
  return JSON.stringify(value);
}

function expectKept(found: unknown, expected = payload()): void {
  expect(shown(found)).toBe(shown(expected));
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
  expect((found as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
}

describe('G11 a member called __proto__ stays one, and changes no prototype', () => {
  test.each([
    ['a queue', undefined, 1],
    ['a partition', 0, 1],
    ['a blob', undefined, 60_000],
  ])('of what is sent through %s, given up, edited and retried', async (_, partition, length) => {
    const sent = payload('x'.repeat(length));
    const headers = JSON.parse('{"__proto__":"h","b":"c"}') as Record<string, string>;
    await using transport = new AzureQueueTransport(connection, { prefix });
    const inbound = transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition });
    const letters = transport.deadLetters(ENDPOINT);
    await transport.send([message('1', { payload: sent, headers, partition })]);
    for (let i = 0; i < 2; i++) {
      const received = await takeOne(inbound);
      expectKept(received.read().message?.payload, sent);
      expect(shown(received.read().message?.headers)).toBe(shown(headers));
      await received.deadLetter(REASON);
      const [letter] = await letters.list({ limit: 1 });
      expectKept(letter?.message?.payload, sent);
      if (i === 0) await letters.retry('all');
      else if (letter?.message !== undefined) {
        // As an edited one goes back.
        await transport.send([{ ...letter.message, payload: sent }]);
        await letters.purge([letter.id]);
      }
    }
    const last = await takeOne(inbound);
    expectKept(last.read().message?.payload, sent);
    await last.commit();
  });

  test('of events and their metadata', async () => {
    const table = new EventsTable(proxy);
    const metadata = JSON.parse('{"__proto__":"m","b":"c"}') as Record<string, string>;
    const [event] = eventsAfter(0, [payload()]);
    const events = event === undefined ? [] : [{ ...event, metadata }];
    await table.open().append('Sale/1', 't1', 0, events);
    const db = table.open();
    const pages: (readonly AggregateEvent[])[] = [
      (await db.load('Sale/1', { from: 1, to: 9, limit: 9 })).events,
      await db.loadUncommitted('Sale/1', 't1'),
    ];
    for (const [found] of pages) {
      expectKept(found?.payload);
      expect(shown(found?.metadata)).toBe(shown(metadata));
    }
  });

  test('of snapshots and read models', async () => {
    const snapshots = new AzureSnapshotStore(connection, `${prefix}Snapshots`);
    await snapshots.save('Sale/1', { version: 1, madeBy: 'r1', data: payload() });
    expectKept((await snapshots.load('Sale/1'))?.data);
    const queries = new AzureQueryStore(connection, `${prefix}-queries`);
    await queries.set('__proto__', 0, 1, payload());
    expectKept((await queries.get('__proto__')).data);
    expect(await queries.set('__proto__', 1, 2, payload())).toBe(true);
    for (const { id, data } of await queries.list({ prefix: '__', limit: 9 })) {
      expect(id).toBe('__proto__');
      expectKept(data);
    }
  });

  test('of what is only a name', async () => {
    const db = new EventsTable(proxy).open();
    await db.append('__proto__/__proto__', '__proto__', 0, eventsAfter(0, ['a'], '__proto__'));
    expect(await db.append('__proto__/__proto__', '__proto__', 0, eventsAfter(0, ['a'], '__proto__'))).toMatchObject({
      duplicate: true,
    });
    const store = new AzureSubscriptionStore(connection, `${prefix}Subscriptions`);
    const subscription = subscriptionOf('__proto__', 'sales', '__proto__');
    expect(await store.add(subscription)).toBe(true);
    expect(await store.getByTopic('__proto__')).toEqual([subscription]);
  });
});
