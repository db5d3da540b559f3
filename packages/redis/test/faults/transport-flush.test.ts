import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { ENDPOINT, idOf, Load, message, receive } from '../support/load.ts';
import { startServer } from '../support/servers.ts';

test('scripts that the server forgets under load are made known again, and all arrives', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const load = new Load(transport, transport, 5_000);
  for (let i = 0; i < 10; i++) {
    await load.goesOn(200);
    await connection.command((client) => client.script('FLUSH'));
  }
  await load.drain();
  expect(load.failures).toBe(0);
}, 30_000);

test('after FLUSHALL what was in hand is lost, and says so; what is sent from then on arrives, at once', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  await using other = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  await transport.send([message('1'), message('2')]);
  const [one] = await receive(inbound, 2);
  const waiting = receive(inbound, 1);
  await eventually(async () => (await other.command((client) => client.info('clients'))).includes('blocked_clients:1'));
  await other.command((client) => client.flushall());
  await expect(one?.commit()).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
  await transport.send([message('3')]);
  const [three] = await waiting;
  expect(three && idOf(three)).toBe('3');
  expect(three?.deliveryCount).toBe(1);
  await three?.commit();
  await inbound.close();
}, 30_000);
