import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { ENDPOINT, idOf, Load, message, receive } from '../support/load.ts';
import { startServer } from '../support/servers.ts';

test('G12 connections that the server closes, again and again, cost nothing: all arrives', async () => {
  await using server = await startServer();
  await using sender = new RedisConnection(server.url);
  await using receiver = new RedisConnection(server.url);
  await using admin = new RedisConnection(server.url);
  const load = new Load(new RedisTransport(sender), new RedisTransport(receiver), 1_000);
  for (let i = 0; i < 10; i++) {
    await load.goesOn(200);
    await admin.command((client) => client.call('client', ['kill', 'type', 'normal', 'skipme', 'yes']));
  }
  await load.goesOn();
  await load.drain();
  expect(await new RedisTransport(sender).figures(ENDPOINT)).toMatchObject({ ready: 0, delayed: 0 });
}, 60_000);

test('G12 a connection that is cut and comes back: a receiver that waits is woken by the next send', async () => {
  await using server = await startServer();
  await using proxy = await CuttingProxy.to(server.port);
  await using near = new RedisConnection(server.url);
  await using far = new RedisConnection(proxy.url);
  const sender = new RedisTransport(near);
  const inbound = new RedisTransport(far).receiver(ENDPOINT, { leaseMs: 60_000 });
  for (const id of ['1', '2', '3']) {
    const waiting = receive(inbound, 1);
    await eventually(async () => blockedOf(near));
    proxy.cutAll();
    await sender.send([message(id)]);
    const [transaction] = await waiting;
    expect(transaction && idOf(transaction)).toBe(id);
    await transaction?.commit();
  }
  await inbound.close();
}, 60_000);

test('G7 an answer that is lost costs no wait for a lease: the same messages are answered again, and finished once', async () => {
  await using server = await startServer();
  await using proxy = await CuttingProxy.to(server.port);
  await using near = new RedisConnection(server.url);
  await using far = new RedisConnection(proxy.url);
  const sender = new RedisTransport(near);
  const inbound = new RedisTransport(far).receiver(ENDPOINT, { leaseMs: 600_000 });
  await sender.send(Array.from({ length: 30 }, (_, i) => message(String(i))));
  const cut = async <T>(call: () => Promise<T>): Promise<T> => {
    proxy.cutNextAnswer();
    return call();
  };
  const signal = AbortSignal.timeout(20_000);
  const taken = await cut(() => inbound.receive(10, signal));
  expect(taken.map(idOf)).toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
  expect(taken.every(({ deliveryCount }) => deliveryCount === 1)).toBe(true);
  await cut(() => Promise.all(taken.slice(0, 4).map(async (transaction) => transaction.commit())));
  await cut(() => Promise.all(taken.slice(4, 8).map((transaction) => transaction.extend(600_000))));
  await cut(() => Promise.all(taken.slice(4, 6).map((transaction) => transaction.fail())));
  const reason = { code: 'E', message: 'no', attempts: 1, failedAt: 0 };
  await cut(() => Promise.all(taken.slice(6, 8).map((transaction) => transaction.deadLetter(reason))));
  await cut(() => Promise.all(taken.slice(8).map((transaction) => transaction.release())));
  expect(proxy.cuts).toBe(6);
  expect(await sender.figures(ENDPOINT)).toMatchObject({ ready: 24, inFlight: 0, dead: 2 });
  const rest = await receive(inbound, 24);
  expect(rest.map(idOf).slice(0, 2)).toEqual(['8', '9']);
  expect(rest.map(idOf).slice(-2)).toEqual(['4', '5']);
  await Promise.all(rest.map(async (transaction) => transaction.commit()));
  expect(await sender.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0, dead: 2 });
  await inbound.close();
}, 30_000);

async function blockedOf(connection: RedisConnection): Promise<boolean> {
  const clients = await connection.command((client) => client.info('clients'));
  return clients.includes('blocked_clients:1');
}
