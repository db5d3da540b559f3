import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually, realTime, VirtualClock } from '@ndomain/testing';
import { describe, expect, it, test } from 'vitest';
import { ENDPOINT, idOf, message, receive } from './support/load.ts';
import { freshPrefix, startServer } from './support/servers.ts';
import { SteppingClock } from './support/stepping-clock.ts';

const OFF_MS = 120_000;
const DELAY_MS = 400;

describe('A client whose clock is two minutes off', async () => {
  const server = await startServer();

  for (const ms of [-OFF_MS, OFF_MS]) {
    it(`(${ms} ms) sends, receives, delays and retries in time: the server's counts`, async () => {
      await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
      const clock = new SteppingClock(ms);
      const [wrong, right] = [new RedisTransport(connection, clock), new RedisTransport(connection)];
      const begun = Date.now();
      await wrong.send([message('delayed', { deliverAt: clock.now() + DELAY_MS }), message('now')]);
      const inbound = right.receiver(ENDPOINT, { leaseMs: 60_000 });
      const [now, delayed] = await receive(inbound, 2);
      expect([now, delayed].map((each) => each && idOf(each))).toEqual(['now', 'delayed']);
      expect(Date.now() - begun).toBeGreaterThanOrEqual(DELAY_MS);
      expect(Date.now() - begun).toBeLessThan(OFF_MS / 2);
      // Nobody is to compare the sender's moment with a clock of his own.
      expect(delayed?.read().message?.deliverAt).toBeUndefined();
      await now?.commit();
      await delayed?.commit();

      await right.send([message('retried')]);
      const other = wrong.receiver(ENDPOINT, { leaseMs: DELAY_MS });
      await (await receive(other, 1))[0]?.fail(clock.now() + DELAY_MS);
      const failedAt = Date.now();
      const [again] = await receive(inbound, 1);
      expect(Date.now() - failedAt).toBeGreaterThanOrEqual(DELAY_MS - 20);
      expect(again?.deliveryCount).toBe(2);
      await again?.commit();
    });

    it(`(${ms} ms) neither loses nor keeps a lease for it`, async () => {
      await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
      const wrong = new RedisTransport(connection, new SteppingClock(ms));
      const right = new RedisTransport(connection);
      await right.send([message('1')]);
      const [held] = await receive(wrong.receiver(ENDPOINT, { leaseMs: DELAY_MS }), 1);
      expect(await right.figures(ENDPOINT)).toMatchObject({ inFlight: 1, ready: 0 });
      await realTime().advance(DELAY_MS);
      expect(await right.figures(ENDPOINT)).toMatchObject({ inFlight: 0, ready: 1 });
      const { oldestReadyAt = 0 } = await right.figures(ENDPOINT);
      expect(Math.abs(oldestReadyAt - Date.now())).toBeLessThan(OFF_MS / 2);
      await expect(held?.commit()).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
    });
  }
});

test('a message comes within half a minute after it has become due, though the clock of the server was set forward, or this machine stood still', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const clock = new VirtualClock();
  const transport = new RedisTransport(connection, clock);
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  await transport.send([message('1', { deliverAt: clock.now() + 3_600_000 })]);
  const waiting = receive(inbound, 1);
  await eventually(() => clock.pending === 1);
  // As if the server's clock told it.
  const { later } = connection.keys.endpoint(ENDPOINT).queue('');
  const [item = ''] = await connection.command((client) => client.zrange(later, '0', '-1'));
  await connection.command((client) => client.zadd(later, 0, item));
  await clock.advance(30_000);
  const [received] = await waiting;
  expect(received && idOf(received)).toBe('1');
  await received?.commit();
  await inbound.close();
});
