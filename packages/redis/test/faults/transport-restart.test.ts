import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { expect, test } from 'vitest';
import { Load } from '../support/load.ts';
import { startServer } from '../support/servers.ts';

const LEASE_MS = 1_000;
/** With `everysec` Redis syncs once a second, and may take another for it: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ */
const LAST_SECOND_MS = 2_000;

test('G12 Redis killed under load and started again: with appendfsync always all that was accepted arrives', async () => {
  await using server = await startServer({ appendonly: 'yes', appendfsync: 'always' });
  await using sender = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  await using receiver = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  const load = new Load(new RedisTransport(sender), new RedisTransport(receiver), LEASE_MS);
  for (let kill = 0; kill < 3; kill++) {
    await load.goesOn();
    await server.kill();
    await server.resume();
  }
  await load.goesOn();
  await load.drain();
  expect(await new RedisTransport(sender).figures('sales')).toMatchObject({ delayed: 0, dead: 0 });
}, 120_000);

test('G12 Redis killed under load and started again: with appendfsync everysec all arrives but what was accepted in the last second', async () => {
  await using server = await startServer({ appendonly: 'yes', appendfsync: 'everysec' });
  await using sender = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  await using receiver = new RedisConnection(server.url, { unreachableAfterMs: 30_000 });
  const load = new Load(new RedisTransport(sender), new RedisTransport(receiver), LEASE_MS);
  await load.goesOn(2_000);
  const killedAt = Date.now();
  await server.kill();
  await server.resume();
  await load.drain(killedAt - LAST_SECOND_MS);
  expect(load.handled.size).toBeGreaterThan(0);
}, 120_000);
