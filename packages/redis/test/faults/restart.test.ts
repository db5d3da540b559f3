import { RedisConnection, RedisEventStoreDb, RedisQueryStore } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { append, stored } from '../support/events.ts';
import { startServer } from '../support/servers.ts';

const EVENTS = 2_000;

test('G12 Redis killed under load and started again: with appendfsync always nothing that was stored is lost, and all goes on', async () => {
  await using server = await startServer({ appendonly: 'yes', appendfsync: 'always' });
  await using connection = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  const db = new RedisEventStoreDb(connection);
  let acknowledged = 0;
  const writing = (async () => {
    for (let i = 1; i <= EVENTS; i++) {
      // A second answer to the same append says so, and is as good as the first.
      const { version } = await append(db, i);
      expect(version).toBe(i);
      acknowledged = i;
    }
  })();
  for (const at of [EVENTS / 4, EVENTS / 2]) {
    await eventually(() => acknowledged >= at, { timeoutMs: 60_000 });
    const before = acknowledged;
    await server.kill();
    await server.resume();
    await using look = new RedisConnection(server.url);
    expect((await stored(new RedisEventStoreDb(look))).length).toBeGreaterThanOrEqual(before);
  }
  await writing;
  expect(await stored(db)).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
}, 120_000);

test('G13 who waits for a read model while Redis is killed and started again is woken when it is set', async () => {
  await using server = await startServer({ appendonly: 'yes', appendfsync: 'always' });
  await using one = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  await using other = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  const waiting = new RedisQueryStore(one).getOrWaitUntil('a', 1, 60_000);
  await eventually(async () => (await other.command((client) => client.pubsub('CHANNELS'))).length > 0);
  await server.kill();
  await server.resume();
  expect(await new RedisQueryStore(other).set('a', 0, 1, 'here')).toBe(true);
  expect(await waiting).toEqual({ id: 'a', version: 1, data: 'here' });
}, 60_000);
