import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually, realTime } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { ENDPOINT, idOf, message, receive } from './support/load.ts';
import { startServer } from './support/servers.ts';

const PARTITIONS = 16;

test('receivers of an endpoint and its partitions wait on one connection, without a command; each is woken by what is for it', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  await using admin = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const partitions = [undefined, ...Array.from({ length: PARTITIONS }, (_, i) => i)];
  const inbounds = partitions.map((partition) => transport.receiver(ENDPOINT, { leaseMs: 60_000, partition }));
  const waiting = inbounds.map((inbound) => receive(inbound, 1));
  const info = async (section: string, name: string): Promise<number> => {
    const text = await admin.command((client) => client.info(section));
    return Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1]);
  };
  await eventually(async () => (await info('clients', 'blocked_clients')) === 1);
  // Ours, the one that waits, and the one that looks.
  expect(await info('clients', 'connected_clients')).toBe(3);
  const before = await info('stats', 'total_commands_processed');
  await realTime().advance(1_000);
  expect((await info('stats', 'total_commands_processed')) - before).toBe(1);
  for (const partition of partitions.toReversed()) await transport.send([message(`to ${partition}`, { partition })]);
  const received = (await Promise.all(waiting)).flat();
  expect(received.map(idOf)).toEqual(partitions.map((partition) => `to ${partition}`));
  await Promise.all(received.map(async (transaction) => transaction.commit()));
  for (const inbound of inbounds) await inbound.close();
  await eventually(async () => (await info('clients', 'connected_clients')) === 2);
}, 20_000);

test('an endpoint that has done its work leaves next to nothing', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  await transport.send(Array.from({ length: 1_000 }, (_, i) => message(String(i))));
  for (const transaction of await receive(inbound, 1_000)) await transaction.commit();
  // A lease is ended with what comes next.
  await transport.send([message('last')]);
  for (const transaction of await receive(inbound, 1)) await transaction.commit();
  const keys = await connection.command((client) => client.keys('*'));
  const endpoint = connection.keys.endpoint(ENDPOINT);
  const { leases } = endpoint.queue('');
  expect(keys.toSorted()).toEqual([connection.keys.format, endpoint.counters, leases, endpoint.signals].toSorted());
  const bytesOf = (key: string): Promise<number | null> => connection.command((client) => client.memory('USAGE', key));
  expect(await bytesOf(endpoint.counters)).toBeLessThan(300);
  expect(await bytesOf(leases)).toBeLessThan(300);
  // A stream takes 4 KiB at once; this one goes by itself after an hour.
  expect(await bytesOf(endpoint.signals)).toBeLessThan(6_000);
  expect(await connection.command((client) => client.pttl(endpoint.signals))).toBeGreaterThan(0);
  await inbound.close();
}, 20_000);
