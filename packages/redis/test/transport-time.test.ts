import { systemClock, type Clock } from '@ndomain/core';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { realTime } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { ENDPOINT, idOf, message, receive } from './support/load.ts';
import { freshPrefix, startServer } from './support/servers.ts';

const OFF_MS = 120_000;
const DELAY_MS = 400;

function off(ms: number): Clock {
  return {
    now: () => systemClock.now() + ms,
    monotonic: () => systemClock.monotonic(),
    schedule: (...args) => systemClock.schedule(...args),
  };
}

describe('A client whose clock is two minutes off', async () => {
  const server = await startServer();

  for (const ms of [-OFF_MS, OFF_MS]) {
    it(`(${ms} ms) sends, receives, delays and retries in time: the server's counts`, async () => {
      await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
      const clock = off(ms);
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
      const wrong = new RedisTransport(connection, off(ms));
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
