import { RedisConnection, RedisEventStoreDb, RedisQueryStore } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { append, stored } from '../support/events.ts';
import { startServer } from '../support/servers.ts';

describe('a server that became a replica', () => {
  test('G12 refuses writes, which wait and are stored once it is a master again', async () => {
    await using server = await startServer();
    await using other = await startServer({ 'repl-diskless-sync-delay': '0' });
    const admin = new Redis(server.url);
    await using connection = new RedisConnection(server.url, { unreachableAfterMs: 20_000 });
    const db = new RedisEventStoreDb(connection);
    await append(db, 1);
    await admin.replicaof(other.host, other.port);
    await eventually(async () => (await admin.info('replication')).includes('master_link_status:up'));
    // It has taken over what its new master has, which is nothing.
    const appending = append(db, 1);
    await eventually(async () => /errorstat_READONLY:count=[1-9]/.test(await admin.info('errorstats')));
    await admin.replicaof('NO', 'ONE');
    expect(await appending).toEqual({ version: 1, duplicate: false });
    expect(await stored(db)).toEqual([1]);
    admin.disconnect();
  });

  test('and stays one is unreachable, in the stated time', async () => {
    await using server = await startServer();
    const admin = new Redis(server.url);
    await admin.replicaof('127.0.0.1', 1);
    await using connection = new RedisConnection(server.url, { unreachableAfterMs: 500 });
    const appending = append(new RedisEventStoreDb(connection), 1);
    await expect(appending).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
    admin.disconnect();
  });
});

test('a key of another program under the prefix is told of, and left as it is', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url, { prefix: 'shop' });
  await connection.command((client) => client.set(connection.keys.query('a'), 'theirs'));
  const setting = new RedisQueryStore(connection).set('a', 0, 1, 'ours');
  await expect(setting).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
  await expect(setting).rejects.toThrow(/is of another program \(WRONGTYPE .*Choose a prefix of your own\.$/);
  expect(await connection.command((client) => client.get(connection.keys.query('a')))).toBe('theirs');
});
