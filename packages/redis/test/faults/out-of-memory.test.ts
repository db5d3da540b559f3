import { RedisConnection, RedisEventStoreDb, RedisInbox, RedisLeases, RedisQueryStore } from '@ndomain/redis';
import { expect, test } from 'vitest';
import { append, stored } from '../support/events.ts';
import { startServer } from '../support/servers.ts';

test('out of memory: what would be stored is refused by code and not half-written, what is there can be read and finished', async () => {
  await using server = await startServer({ maxmemory: '8mb', 'maxmemory-policy': 'noeviction' });
  await using connection = new RedisConnection(server.url);
  const db = new RedisEventStoreDb(connection);
  await append(db, 1);
  const leases = new RedisLeases(connection);
  const lease = await leases.acquire('a', 'me', 60_000);
  expect(lease).toBeDefined();

  let last = 1;
  const filling = (async () => {
    for (;;) {
      await append(db, last + 1, 'x'.repeat(200_000));
      last++;
    }
  })();
  await expect(filling).rejects.toMatchObject({ code: 'ND_STORAGE_FULL' });
  await expect(filling).rejects.toThrow(/^"Redis at 127\.0\.0\.1:\d+" has no room left \(OOM /);
  // The room for a small write is there again, now that the large one is refused.
  await connection.command((client) => client.config('SET', 'maxmemory', '1mb'));
  await expect(new RedisQueryStore(connection).set('a', 0, 1, 'x')).rejects.toMatchObject({ code: 'ND_STORAGE_FULL' });
  await expect(new RedisInbox(connection).add('c', 'm', 60_000)).rejects.toMatchObject({ code: 'ND_STORAGE_FULL' });

  expect((await stored(db)).length).toBe(last);
  expect(await db.loadUncommitted('Note/1', `t${last + 1}`)).toEqual([]);
  await db.commit('Note/1', 't1');
  expect(await db.loadUncommitted('Note/1', 't1')).toEqual([]);
  expect(lease && (await leases.renew(lease, 60_000))).toBe(true);
  expect(await leases.acquire('b', 'me', 60_000)).toBeDefined();

  await connection.command((client) => client.config('SET', 'maxmemory', '64mb'));
  expect(await append(db, last + 1)).toMatchObject({ version: last + 1, duplicate: false });
}, 30_000);
