import { DomainContext, recoverability, silentLogger } from '@ndomain/core';
import { redis, RedisLeases, RedisQueryStore, RedisTransport } from '@ndomain/redis';
import { eventually, realTime } from '@ndomain/testing';
import { describe, expect, test } from 'vitest';
import type { AccountCommands } from './support/bank.ts';
import { ENDPOINT, idOf, message, receive } from './support/load.ts';
import { places, TwoConnections } from './support/servers.ts';
import { SteppingClock } from './support/stepping-clock.ts';

const HOUR_MS = 3_600_000;
const STEPS = [-HOUR_MS, -1_000, HOUR_MS];
const DELAY_MS = 400;
/** A machine with much to do is late. */
const LATE_MS = 800;

/** Runs, and says how long it took. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

function expectInTime(tookMs: number): void {
  expect(tookMs).toBeGreaterThanOrEqual(DELAY_MS - 20);
  expect(tookMs).toBeLessThan(DELAY_MS + LATE_MS);
}

for (const place of await places()) {
  describe.each(STEPS)(`when the clock of the process is set by %i ms meanwhile, on ${place.name}`, (step) => {
    test('a delayed message comes in time', async () => {
      await using connections = new TwoConnections(place);
      const clock = new SteppingClock();
      const transport = new RedisTransport(connections.first, clock);
      const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
      const waiting = receive(inbound, 1);
      const tookMs = await timed(async () => {
        await transport.send([message('1', { deliverAt: clock.now() + DELAY_MS })]);
        clock.step(step);
        const [received] = await waiting;
        expect(received?.read().message?.deliverAt).toBeUndefined();
        await received?.commit();
      });
      expectInTime(tookMs);
      await inbound.close();
    });

    test('a message that waits for a while, and not for a date, waits no longer, though the clock was set before it left', async () => {
      await using connections = new TwoConnections(place);
      const clock = new SteppingClock();
      const transport = new RedisTransport(connections.first, clock);
      const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
      const delayed = message('1', { deliverAt: clock.now() + DELAY_MS, delayMs: DELAY_MS });
      clock.step(step);
      await transport.send([delayed]);
      const tookMs = await timed(async () => (await receive(inbound, 1))[0]?.commit());
      expect(tookMs).toBeLessThan(DELAY_MS + LATE_MS);
      await inbound.close();
    });

    test('a message that failed, or was given back, comes back in time', async () => {
      await using connections = new TwoConnections(place);
      const clock = new SteppingClock();
      const transport = new RedisTransport(connections.first, clock);
      const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
      await transport.send([message('failed'), message('released')]);
      const [failed, released] = await receive(inbound, 2);
      const tookMs = await timed(async () => {
        await Promise.all([failed?.fail(clock.now() + DELAY_MS), released?.release(clock.now() + DELAY_MS)]);
        clock.step(step);
        const back = await receive(inbound, 2);
        expect(back.map(idOf).toSorted()).toEqual(['failed', 'released']);
      });
      expectInTime(tookMs);
      await inbound.close();
    });

    test('G7 a message whose lease is over comes back in time', async () => {
      await using connections = new TwoConnections(place);
      const clock = new SteppingClock();
      const transport = new RedisTransport(connections.first, clock);
      await transport.send([message('1')]);
      const tookMs = await timed(async () => {
        await receive(transport.receiver(ENDPOINT, { leaseMs: DELAY_MS }), 1);
        clock.step(step);
        const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
        expect((await receive(inbound, 1))[0]?.deliveryCount).toBe(2);
      });
      expectInTime(tookMs);
      await transport[Symbol.asyncDispose]();
    });

    test('G13 who waits for a version is woken by it, and waits no longer than asked', async () => {
      await using connections = new TwoConnections(place);
      const clock = new SteppingClock();
      const queries = new RedisQueryStore(connections.first, clock);
      const tookMs = await timed(async () => {
        const waiting = queries.getOrWaitUntil('a', 1, DELAY_MS);
        clock.step(step);
        expect((await waiting).version).toBe(0);
      });
      expectInTime(tookMs);
      const waiting = queries.getOrWaitUntil('a', 1, 20_000);
      clock.step(step);
      await new RedisQueryStore(connections.second).set('a', 0, 1, 'here');
      expect(await timed(() => waiting)).toBeLessThan(LATE_MS);
      expect((await waiting).data).toBe('here');
    });

    test('a whole program goes on: delayed messages, retries, and ordered endpoints', async () => {
      await using connections = new TwoConnections(place);
      const clock = new SteppingClock();
      const backend = redis(place.given(), connections.settings);
      const handled: string[] = [];
      const policy = recoverability({ immediateRetries: 0, delayedRetries: [DELAY_MS, DELAY_MS], jitter: 0 });
      const context = await DomainContext.configure()
        .with(backend)
        .clock(clock)
        .logging((c) => c.logger(silentLogger))
        .bus((c) =>
          c
            .withProcessor((p) =>
              p
                .endpoint('plain')
                .recoverability(policy)
                .commands<AccountCommands>()
                .handle('Deposit', async ({ id }, { attempt }) => {
                  if (id === 'fails' && attempt === 1) throw new Error('not yet');
                  handled.push(id);
                }),
            )
            .withProcessor((p) =>
              p
                .endpoint('ordered')
                .ordered({ partitions: 2, partitionLeaseMs: 600 })
                .recoverability(policy)
                .commands<{ Open: { id: string } }>()
                .handle('Open', async ({ id }, { attempt }) => {
                  if (id === 'fails in order' && attempt === 1) throw new Error('not yet');
                  handled.push(id);
                }),
            ),
        )
        .start();
      const deposits = context.commands<AccountCommands>();
      const openings = context.commands<{ Open: { id: string } }>();
      await deposits.send('Deposit', { id: 'fails', amount: 1 });
      await openings.send('Open', { id: 'fails in order' }, { key: 'a' });
      await openings.send('Open', { id: 'behind' }, { key: 'a' });
      await deposits.send('Deposit', { id: 'delayed', amount: 1 }, { delayMs: DELAY_MS });
      await deposits.send('Deposit', { id: 'dated', amount: 1 }, { deliverAt: new Date(clock.now() + DELAY_MS) });
      clock.step(step);
      await eventually(() => handled.length === 5, { timeoutMs: 5_000 });
      expect(handled.indexOf('behind')).toBeGreaterThan(handled.indexOf('fails in order'));
      // Leases are still renewed, and nobody else gets them.
      await realTime().advance(700);
      const held = await new RedisLeases(connections.first).list('partition/ordered/');
      expect(held.length).toBe(2);
      await context.stop();
    });
  });
}
