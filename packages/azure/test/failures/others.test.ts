import {
  AzureConnection,
  AzureInbox,
  AzureLeases,
  AzureQueryStore,
  AzureSnapshotStore,
  AzureSubscriptionBroker,
  AzureSubscriptionStore,
} from '@ndomain/azure';
import { subscriptionOf } from '@ndomain/core';
import { VirtualClock } from '@ndomain/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPrefix } from '../support/names.ts';
import { on, StorageProxy, type Fault } from '../support/storage-proxy.ts';

let proxy: StorageProxy;
let connection: AzureConnection;
let prefix: string;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => {
  proxy.reset();
  connection = new AzureConnection(proxy.connectionString);
  prefix = freshPrefix();
});
afterAll(() => proxy[Symbol.asyncDispose]());

const lost: Fault = { kind: 'loseAnswer' };
const busy: Fault = { kind: 'answer', status: 503, code: 'ServerBusy', retryAfterS: 0 };

describe('an answer that was lost', () => {
  test('to a lease: it is granted once, to who asked', async () => {
    const leases = new AzureLeases(connection, `${prefix}Leases`);
    proxy.fail(on('table', 'insert'), lost);
    const lease = await leases.acquire('recovery', 'one', 30_000);
    expect(lease).toMatchObject({ owner: 'one', fence: 1 });
    expect(await leases.acquire('recovery', 'other', 30_000)).toBeUndefined();
    proxy.fail(on('table', 'replace'), lost);
    expect(lease !== undefined && (await leases.renew(lease, 30_000))).toBe(true);
  });

  test('to a read model: it is set, once', async () => {
    const queries = new AzureQueryStore(connection, `${prefix}-queries`);
    proxy.fail(on('blob', 'put'), lost);
    expect(await queries.set('Stock/1', 0, 1, 'a')).toBe(true);
    proxy.fail(on('blob', 'put'), lost);
    expect(await queries.set('Stock/1', 1, 2, 'b')).toBe(true);
    expect(await queries.set('Stock/1', 1, 3, 'x')).toBe(false);
    expect(await queries.get('Stock/1')).toEqual({ id: 'Stock/1', version: 2, data: 'b' });
  });

  test('to a subscription, and to the news of it: it is added once, and told once', async () => {
    const table = `${prefix}Subscriptions`;
    const store = new AzureSubscriptionStore(connection, table);
    const broker = new AzureSubscriptionBroker(connection, table, undefined, 20);
    const told: string[] = [];
    const stop = await broker.onChange((change, { id }) => told.push(`${change} ${id}`));
    const subscription = subscriptionOf('OrderPlaced', 'sales', 'Stock');
    proxy.fail(on('table', 'insert'), lost);
    proxy.fail(on('table', 'transaction'), lost);
    expect(await store.add(subscription)).toBe(true);
    await broker.notify('added', subscription);
    await broker.notify('removed', subscription);
    expect(told).toEqual([`added ${subscription.id}`, `removed ${subscription.id}`]);
    await stop();
  });

  test('to the inbox and to a snapshot: nothing is noticed', async () => {
    const inbox = new AzureInbox(connection, `${prefix}Inbox`);
    const snapshots = new AzureSnapshotStore(connection, `${prefix}Snapshots`);
    proxy.fail(on('table', 'insert'), lost, 2);
    await inbox.add('Mail', 'm1', 60_000);
    expect(await inbox.has('Mail', 'm1')).toBe(true);
    await snapshots.save('Sale/1', { version: 1, madeBy: 'r1', data: 'a' });
    expect(await snapshots.load('Sale/1')).toEqual({ version: 1, madeBy: 'r1', data: 'a' });
  });
});

test('a service that is busy is waited for, in every part', async () => {
  for (const operation of ['createTable', 'get', 'insert', 'replace', 'query', 'delete', 'transaction']) {
    proxy.fail(on('table', operation), busy, 2);
  }
  for (const operation of ['createContainer', 'get', 'put', 'list']) {
    proxy.fail(on('blob', operation), { kind: 'answer', status: 500, code: 'InternalError' }, 2);
  }
  const leases = new AzureLeases(connection, `${prefix}Leases`);
  const lease = await leases.acquire('recovery', 'one', 30_000);
  expect(lease !== undefined && (await leases.renew(lease, 30_000))).toBe(true);
  expect(await leases.list('')).toHaveLength(1);
  const queries = new AzureQueryStore(connection, `${prefix}-queries`);
  expect(await queries.set('Stock/1', 0, 1, 'a')).toBe(true);
  expect((await queries.list({ prefix: 'Stock/', limit: 9 })).map(({ data }) => data)).toEqual(['a']);
  const store = new AzureSubscriptionStore(connection, `${prefix}Subscriptions`);
  const subscription = subscriptionOf('OrderPlaced', 'sales', 'Stock');
  expect(await store.add(subscription)).toBe(true);
  expect(await store.remove(subscription)).toBe(true);
});

test('what can be lost is made again when it is deleted while in use', async () => {
  const snapshots = new AzureSnapshotStore(connection, `${prefix}Snapshots`);
  const queries = new AzureQueryStore(connection, `${prefix}-queries`);
  await snapshots.save('Sale/1', { version: 1, madeBy: 'r1', data: 'a' });
  await queries.set('Stock/1', 0, 1, 'a');
  await connection.table(`${prefix}Snapshots`, 'recreate').client.deleteTable();
  await connection.container(`${prefix}-queries`, 'recreate').client.delete();
  expect(await snapshots.load('Sale/1')).toBeUndefined();
  await snapshots.save('Sale/1', { version: 2, madeBy: 'r1', data: 'b' });
  expect(await snapshots.load('Sale/1')).toEqual({ version: 2, madeBy: 'r1', data: 'b' });
  expect((await queries.get('Stock/1')).version).toBe(0);
  expect(await queries.set('Stock/1', 0, 5, 'b')).toBe(true);
});

test('a snapshot that is too large is refused with both sizes', async () => {
  const snapshots = new AzureSnapshotStore(connection, `${prefix}Snapshots`);
  const data = Array.from({ length: 300_000 }, () => Math.random());
  await expect(snapshots.save('Sale/1', { version: 1, madeBy: 'r1', data })).rejects.toMatchObject({
    code: 'ND_PAYLOAD_TOO_LARGE',
    limit: 1_048_576 - 16_384,
  });
  expect(proxy.count('table', 'insert')).toBe(0);
});

test('G10 the inbox forgets what is over, as others are added', async () => {
  const clock = new VirtualClock();
  const table = `${prefix}Inbox`;
  const inbox = new AzureInbox(connection, table, clock);
  await Promise.all(Array.from({ length: 300 }, (_, i) => inbox.add('Mail', `old-${i}`, 1_000)));
  await inbox.add('Mail', 'long', 1_000_000);
  await clock.advance(2_000);
  await Promise.all(Array.from({ length: 700 }, (_, i) => inbox.add('Mail', `new-${i}`, 1_000)));
  let rows = 0;
  for await (const _ of connection.table(table, 'recreate').client.listEntities()) rows++;
  expect(rows).toBeLessThanOrEqual(702);
  expect(await inbox.has('Mail', 'long')).toBe(true);
  expect(await inbox.has('Mail', 'new-699')).toBe(true);
});

test('reading and setting a read model that this process knows costs one request each', async () => {
  const queries = new AzureQueryStore(connection, `${prefix}-queries`);
  await queries.set('Stock/1', 0, 1, 'a');
  proxy.reset();
  await queries.get('Stock/1');
  await queries.set('Stock/1', 1, 2, 'b');
  expect(proxy.seen.map(({ operation }) => operation)).toEqual(['get', 'put']);
});
