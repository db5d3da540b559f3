import { DomainContext } from '@ndomain/core';
import { RedisConnection, redisTransport, Script } from '@ndomain/redis';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisServer } from '@ndomain/testing/servers';
import { startServer } from '../support/servers.ts';

const COUNT = new Script("return redis.call('INCR', KEYS[1])");

describe('a connection', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('runs scripts that the server does not know yet, and knows no longer', async () => {
    await using connection = new RedisConnection(server.url);
    expect(await connection.run(COUNT, ['a'], [])).toBe(1);
    await connection.command((client) => client.script('FLUSH'));
    const both = await connection.runAll([
      { script: COUNT, keys: ['a'], args: [] },
      { script: COUNT, keys: ['a'], args: [] },
    ]);
    expect(both).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 3 },
    ]);
  });

  test('to keys that a newer version wrote is refused, and they are left as they are', async () => {
    await using admin = new RedisConnection(server.url, { prefix: 'newer' });
    await admin.command((client) => client.set('newer:format', '3'));
    await using connection = new RedisConnection(server.url, { prefix: 'newer' });
    const running = connection.run(COUNT, ['newer:a'], []);
    await expect(running).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
    await expect(running).rejects.toThrow('has the format 3, and this version of @ndomain/redis knows those up to 2');
    expect(await admin.command((client) => client.keys('newer:*'))).toEqual(['newer:format']);
  });

  test('to keys that an older version wrote brings them forward, so that no older one starts beside it', async () => {
    await using admin = new RedisConnection(server.url, { prefix: 'older' });
    await admin.command((client) => client.set('older:format', '1'));
    await using connection = new RedisConnection(server.url, { prefix: 'older' });
    await connection.run(COUNT, ['older:a'], []);
    expect(await admin.command((client) => client.get('older:format'))).toBe('2');
  });

  test('that is closed already cannot be built on', async () => {
    const mine = new Redis(server.url, { lazyConnect: true });
    mine.disconnect();
    const starting = DomainContext.configure()
      .bus((c) => c.transport(redisTransport(mine)))
      .start();
    await expect(starting).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
  });

  test('one that was passed in stays as it is, and stays open', async () => {
    const mine = new Redis(server.url);
    const connection = new RedisConnection(mine);
    expect(await connection.run(COUNT, ['b'], [])).toBe(1);
    await connection[Symbol.asyncDispose]();
    expect(await mine.get('b')).toBe('1');
    mine.disconnect();
    await expect(connection.run(COUNT, ['b'], [])).rejects.toMatchObject({ code: 'ND_STOPPED' });
  });

  test('goes on after a restart of the server, by itself', async () => {
    await using connection = new RedisConnection(server.url);
    await connection.open();
    await server.kill();
    const running = connection.run(COUNT, ['c'], []);
    await server.resume();
    expect(await running).toBe(1);
  });

  test('to a server that is not there fails within the stated time, and names it', async () => {
    await using connection = new RedisConnection('redis://:secret@127.0.0.1:1', { unreachableAfterMs: 300 });
    const start = performance.now();
    const opening = connection.open();
    await expect(opening).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
    await expect(opening).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:1 could not be reached within \d+ ms: .*ECONNREFUSED/,
    );
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('to a server that is frozen fails within one and a half of the stated time', async () => {
    await using connection = new RedisConnection(server.url, { unreachableAfterMs: 400 });
    await connection.open();
    server.signal('SIGSTOP');
    try {
      await expect(connection.run(COUNT, ['d'], [])).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
    } finally {
      server.signal('SIGCONT');
    }
    expect(await connection.run(COUNT, ['e'], [])).toBe(1);
  });
});

test('a cluster that is not there fails within the stated time, and names where it was looked for', async () => {
  const nowhere = new Cluster([{ host: '127.0.0.1', port: 1 }, 'redis://:secret@127.0.0.1:2'], { lazyConnect: true });
  await using connection = new RedisConnection(nowhere, { unreachableAfterMs: 300 });
  const start = performance.now();
  const opening = connection.open();
  await expect(opening).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
  await expect(opening).rejects.toThrow(
    /^Redis at 127\.0\.0\.1:1, 127\.0\.0\.1:2 could not be reached within \d+ ms: /,
  );
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('what is no address, or has a prefix of its own, is refused with what to write', () => {
  expect(() => new RedisConnection('localhost')).toThrow("Expected redis to be a URL such as 'redis://localhost:6379'");
  expect(() => new RedisConnection({ keyPrefix: 'mine:' })).toThrow('has a keyPrefix');
  expect(() => new RedisConnection({}, { prefix: 'a{b}' })).toThrow('Expected prefix');
  for (const unreachableAfterMs of [0, NaN, Infinity]) {
    expect(() => new RedisConnection({}, { unreachableAfterMs })).toThrow('Expected unreachableAfterMs');
  }
});
