import { subscriptionOf } from '@ndomain/core';
import {
  redis,
  RedisConnection,
  RedisEventStoreDb,
  RedisLeases,
  RedisQueryStore,
  RedisSubscriptionBroker,
  RedisSubscriptionStore,
} from '@ndomain/redis';
import { eventually, VirtualClock } from '@ndomain/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisServer } from '@ndomain/testing/servers';
import { startBank, type AccountCommands } from '../support/bank.ts';
import { append, stored } from '../support/events.ts';
import { freshPrefix, startServer } from '../support/servers.ts';

const STOCK = subscriptionOf('OrderPlaced', 'sales', 'Stock');
const MAIL = subscriptionOf('OrderPlaced', 'mail', 'Mail');

describe('a server that forgets', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('its scripts: they are given to it again, by whoever runs them next, also many at once', async () => {
    await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
    const db = new RedisEventStoreDb(connection);
    await append(db, 1);
    await connection.command((client) => client.script('FLUSH', 'SYNC'));
    const queries = new RedisQueryStore(connection);
    await Promise.all(Array.from({ length: 50 }, (_, i) => queries.set(String(i), 0, 1, i)));
    expect((await queries.list({ prefix: '', limit: 100 })).length).toBe(50);
    expect((await append(db, 2)).version).toBe(2);
  });

  test('everything: what comes after it begins anew, and nothing stands still', async () => {
    await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
    const db = new RedisEventStoreDb(connection);
    const leases = new RedisLeases(connection);
    await append(db, 1);
    const lease = await leases.acquire('a', 'me', 60_000);
    await connection.command((client) => client.flushall());
    expect(lease && (await leases.renew(lease, 60_000))).toBe(false);
    expect(await leases.acquire('a', 'me', 60_000)).toBeDefined();
    expect(await stored(db)).toEqual([]);
    expect((await append(db, 1)).version).toBe(1);
    expect((await db.readAll(undefined, 10)).events.length).toBe(1);
  });

  test('a notification that nobody heard is made up for within half a minute', async () => {
    await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
    const clock = new VirtualClock();
    const store = new RedisSubscriptionStore(connection);
    const broker = new RedisSubscriptionBroker(connection, clock);
    let gaps = 0;
    broker.onGap(() => gaps++);
    const stop = await broker.onChange(() => undefined);
    // Two looks with nothing new in between: as long as nothing changes, nothing is read again.
    await clock.advance(30_000);
    await store.add(STOCK);
    expect(gaps).toBe(0);
    await eventually(async () => {
      await clock.advance(30_000);
      return gaps > 0;
    });
    const known = gaps;
    await clock.advance(30_000);
    expect(gaps).toBe(known);
    await stop();
  });

  test('its subscriptions: every process puts its own back, and one that a later deployment has removed stays away', async () => {
    const prefix = freshPrefix();
    await using one = new RedisConnection(server.url, { prefix });
    await using other = new RedisConnection(server.url, { prefix });
    const clock = new VirtualClock();
    const stores = [one, other].map((connection) => new RedisSubscriptionStore(connection));
    const brokers = [one, other].map((connection, i) => new RedisSubscriptionBroker(connection, clock, stores[i]));
    for (const broker of brokers) await broker.onChange(() => undefined);
    await stores[0]?.add(STOCK);
    await stores[1]?.add(MAIL);
    await clock.advance(30_000);
    const known = async (): Promise<string[]> => ((await stores[0]?.getAll()) ?? []).map(({ id }) => id).toSorted();
    await eventually(async () => (await known()).length === 2);

    await stores[1]?.remove(STOCK);
    await eventually(async () => {
      await clock.advance(30_000);
      return (await known()).length === 1;
    });
    expect(await known()).toEqual([MAIL.id]);

    await stores[0]?.add(STOCK);
    // Both have seen this collection before it goes.
    await clock.advance(30_000);
    await one.command((client) => client.flushall());
    await eventually(async () => {
      await clock.advance(30_000);
      return (await known()).length === 2;
    });
    expect(await known()).toEqual([STOCK.id, MAIL.id].toSorted());
  });
});

test('G12 a server that restarts empty: programs go on by themselves, with what is sent from then on', async () => {
  await using server = await startServer();
  const handled: number[] = [];
  const receiving = await startBank(redis(server.url), (amount) => handled.push(amount));
  const sending = await startBank(redis(server.url), (amount) => handled.push(amount));
  const commands = sending.commands<AccountCommands>();
  await commands.send('Deposit', { id: '1', amount: 1 });
  await eventually(() => handled.length === 1);
  await server.kill();
  await server.resume();
  // The first ones may be sent before the subscriptions are back.
  await eventually(
    async () => {
      await commands.send('Deposit', { id: '2', amount: 2 });
      return handled.includes(2);
    },
    { timeoutMs: 20_000, everyMs: 50 },
  );
  await sending.stop();
  await receiving.stop();
}, 30_000);
