import { azureTableEvents } from '@ndomain/azure';
import { Aggregate, DomainContext, EventStore, State, type Mutates } from '@ndomain/core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { EventsTable, eventsAfter } from '../support/events.ts';
import { freshPrefix } from '../support/names.ts';
import { StorageProxy } from '../support/storage-proxy.ts';
import type { Seen } from '../support/operations.ts';

let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => proxy.reset());
afterAll(() => proxy[Symbol.asyncDispose]());

type Events = { Deposited: { amount: number } };
class AccountState extends State implements Mutates<Events> {
  balance = 0;
  onDeposited({ amount }: Events['Deposited']): void {
    this.balance += amount;
  }
}
class Account extends Aggregate<AccountState, Events> {
  static readonly State = AccountState;
  deposit(amount: number): void {
    this.on('Deposited', { amount });
  }
}

/** Recovery looks at the index from time to time, whatever is done. */
const isOfCommands = ({ url }: Seen): boolean => !url.search.includes('dirty');
const operations = (): string[] => proxy.seen.filter(isOfCommands).map(({ operation }) => operation);

describe('operations, counted on the wire', () => {
  test('a warm command on an existing aggregate costs 3: load, append, commit', async () => {
    const context = await DomainContext.configure()
      .eventSourcing((c) =>
        c.bind(Account).store(azureTableEvents(proxy.connectionString, { table: `${freshPrefix()}Events` })),
      )
      .start();
    const accounts = context.repository(Account);
    await accounts.createOrUpdate('1', (account) => account.deposit(1));
    proxy.reset();
    for (let i = 0; i < 20; i++) await accounts.update('1', (account) => account.deposit(1));
    expect(operations().length).toBeLessThanOrEqual(60);
    expect(operations().slice(0, 3)).toEqual(['query', 'transaction', 'delete']);
    await context.stop();
  });

  test('the first append of a process to a stream costs one more, which those of other streams at the same time share', async () => {
    const db = new EventsTable(proxy).open();
    await db.load('Sale/0', { from: 1, to: 1, limit: 1 });
    proxy.reset();
    const streams = Array.from({ length: 50 }, (_, i) => `Sale/${i}`);
    await Promise.all(
      streams.map(async (streamId) => {
        await db.load(streamId, { from: 1, to: 1, limit: 1 });
        await db.append(streamId, 't', 0, eventsAfter(0, ['a']));
        await db.commit(streamId, 't');
      }),
    );
    expect(proxy.count('table', 'delete')).toBe(50);
    expect(proxy.count('table', 'query')).toBe(50);
    expect(proxy.count('table', 'transaction')).toBeLessThan(90);
  });

  test('10,000 events are loaded with one request for 1,000 of them, in order', async () => {
    const table = new EventsTable(proxy);
    const writer = table.open();
    for (let version = 0; version < 10_000; version += 50) {
      const numbers = Array.from({ length: 50 }, (_, i) => version + i + 1);
      await writer.append('Sale/1', `t${version}`, version, eventsAfter(version, numbers));
      await writer.commit('Sale/1', `t${version}`);
    }
    const reader = table.open();
    await reader.load('Sale/2', { from: 1, to: 1, limit: 1 });
    proxy.reset();
    let next = 1;
    for await (const events of new EventStore(reader, () => Promise.resolve()).load('Sale/1')) {
      for (const { sequenceId, payload } of events) {
        expect([sequenceId, payload]).toEqual([next, next]);
        next++;
      }
    }
    expect(next).toBe(10_001);
    expect(operations().length).toBeLessThanOrEqual(10);
    expect(proxy.count('table', 'query')).toBeLessThanOrEqual(10);
  });

  test('an aggregate of 100 small events is read with one row', async () => {
    const table = new EventsTable(proxy);
    const writer = table.open();
    for (let version = 0; version < 100; version++) {
      await writer.append('Sale/1', `t${version}`, version, eventsAfter(version, [version]));
      await writer.commit('Sale/1', `t${version}`);
    }
    const filter = "PartitionKey eq 'Sale.2F1' and RowKey lt 'v'";
    const rows: unknown[] = [];
    for await (const row of table.raw.client.listEntities({ queryOptions: { filter } })) rows.push(row);
    expect(rows).toHaveLength(1);
    const { events } = await table.open().load('Sale/1', { from: 1, to: 100, limit: 100 });
    expect(events.map(({ payload }) => payload)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test('whether a stream holds a transaction costs nothing where it does not', async () => {
    const db = new EventsTable(proxy).open();
    await db.append('Sale/1', 't1', 0, eventsAfter(0, ['a']));
    proxy.reset();
    const holds = async (transactionId: string): Promise<boolean> =>
      (await db.load('Sale/1', { from: 1, to: 9, limit: 9, transactionId })).holdsTransaction;
    expect(await holds('t2')).toBe(false);
    expect(operations()).toEqual(['query']);
    expect(await holds('t1')).toBe(true);
    expect(operations()).toEqual(['query', 'query', 'get']);
  });

  test('a transaction that may be in the stream is looked up once, for the load and the append after it', async () => {
    const table = new EventsTable(proxy);
    const writer = table.open();
    await writer.append('Sale/1', 't1', 0, eventsAfter(0, ['a']));
    await writer.commit('Sale/1', 't1');
    // A full filter knows everything.
    await table.setSeen('Sale.2F1', Buffer.alloc(8_192, 0xff));
    const db = table.open();
    await db.load('Sale/2', { from: 1, to: 1, limit: 1 });
    proxy.reset();
    const { holdsTransaction } = await db.load('Sale/1', { from: 1, to: 9, limit: 9, transactionId: 't2' });
    expect([holdsTransaction, operations()]).toEqual([false, ['query', 'get']]);
    await db.append('Sale/1', 't2', 1, eventsAfter(1, ['b']));
    expect(proxy.count('table', 'get')).toBe(1);
    expect((await db.load('Sale/1', { from: 1, to: 9, limit: 9, transactionId: 't2' })).holdsTransaction).toBe(true);
  });

  test('after 2,730 appends all of them are still known, and new ones still cost nothing', async () => {
    const table = new EventsTable(proxy);
    await table.open().append('Sale/1', 't1', 0, eventsAfter(0, ['a']));
    const first = await table.seen('Sale.2F1');
    expect(first).toHaveLength(3);
    const others = Array.from({ length: 2_728 }, (_, i) => Buffer.from([i % 251, i >> 8, i % 239]));
    await table.setSeen('Sale.2F1', Buffer.concat([first, ...others]));
    const db = table.open();
    for (const version of [1, 2, 3]) await db.append('Sale/1', `t${version + 1}`, version, eventsAfter(version, ['b']));
    expect(await table.seen('Sale.2F1')).toHaveLength(8_192);
    const holds = async (transactionId: string): Promise<boolean> =>
      (await db.load('Sale/1', { from: 1, to: 9, limit: 9, transactionId })).holdsTransaction;
    for (const known of ['t1', 't2', 't3', 't4']) expect(await holds(known)).toBe(true);
    proxy.reset();
    for (let i = 0; i < 20; i++) expect(await holds(`new${i}`)).toBe(false);
    expect(proxy.count('table', 'get')).toBe(0);
  });

  test('G5 a look for what is uncommitted in one stream costs one request, however many other streams have some', async () => {
    const table = new EventsTable(proxy);
    const writer = table.open();
    for (let i = 0; i < 30; i++) await writer.append(`Sale/${i}`, 't', 0, eventsAfter(0, ['a']));
    for (let version = 1; version < 20; version++) {
      await writer.append('Sale/1', `t${version}`, version, eventsAfter(version, ['b']));
    }
    const reader = table.open();
    await reader.load('Sale/2', { from: 1, to: 1, limit: 1 });
    proxy.reset();
    const found = await reader.findUncommitted({
      olderThan: Infinity,
      limit: Number.MAX_SAFE_INTEGER,
      streamId: 'Sale/1',
    });
    expect(found.map(({ transactionId }) => transactionId)).toEqual([
      't',
      ...Array.from({ length: 19 }, (_, i) => `t${i + 1}`),
    ]);
    expect(operations()).toEqual(['query']);
    expect(proxy.count()).toBe(1);
  });

  test('a look for what is uncommitted costs one request, however many streams there are', async () => {
    const table = new EventsTable(proxy);
    const writer = table.open();
    for (let i = 0; i < 30; i++) {
      await writer.append(`Sale/${i}`, 't', 0, eventsAfter(0, ['a']));
      await writer.commit(`Sale/${i}`, 't');
    }
    // A process that does nothing has nothing in the index.
    const reader = table.open();
    await reader.load('Sale/1', { from: 1, to: 1, limit: 1 });
    proxy.reset();
    await reader.findUncommitted({ olderThan: 0, limit: 100 });
    expect(proxy.count()).toBe(1);
  });
});
