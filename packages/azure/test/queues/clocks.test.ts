import { systemClock, type Transport } from '@ndomain/core';
import { describe, expect, inject, test } from 'vitest';
import { HOUR_MS, SetClock } from '../support/clocks.ts';
import { freshPrefix } from '../support/names.ts';
import { on } from '../support/storage-proxy.ts';
import { ENDPOINT, idsOf, LEASE_MS, message, take, takeOne } from './messages.ts';
import { Proxied } from './proxied.ts';

/** Of no partition, and of one. */
const PLACES = [undefined, 0];
const REASON = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };

test.each([-HOUR_MS, HOUR_MS])(
  'G7 a process whose clock is %i ms off keeps the leases of a partition, and their end',
  async (offMs) => {
    const prefix = freshPrefix();
    await using right = await Proxied.start(inject('azurite'), {}, systemClock, prefix);
    await using wrong = await Proxied.start(inject('azurite'), {}, new SetClock(offMs), prefix);
    await right.transport.send(['1', '2', '3'].map((id) => message(id, { partition: 0 })));
    const short = await takeOne(wrong.transport.receiver(ENDPOINT, { leaseMs: 2_000, partition: 0 }));
    const others = right.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 0 });
    const [two] = await take(others, 1);
    expect([short.read().message?.id, two?.read().message?.id]).toEqual(['1', '2']);
    // To the wrong one, "2" is leased too; and "1" is back when its lease is over.
    expect(idsOf(await take(wrong.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 0 }), 1))).toEqual([
      '3',
    ]);
    const begun = Date.now();
    const [one] = await take(others, 1);
    expect([one?.read().message?.id, one?.deliveryCount]).toEqual(['1', 2]);
    expect(Date.now() - begun).toBeLessThanOrEqual(4_000);
  },
);

test.each([-HOUR_MS, HOUR_MS])('G7 a delay by a clock that is %i ms off is as long as it was meant', async (offMs) => {
  const prefix = freshPrefix();
  await using right = await Proxied.start(inject('azurite'), {}, systemClock, prefix);
  await using wrong = await Proxied.start(inject('azurite'), {}, new SetClock(offMs), prefix);
  const begun = Date.now();
  const deliverAt = begun + offMs + 2_000;
  await wrong.transport.figures(ENDPOINT);
  await wrong.transport.send([message('1', { deliverAt }), message('2', { deliverAt, partition: 0 })]);
  for (const partition of PLACES) {
    const transaction = await takeOne(right.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition }));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1_000);
    // Nobody is to compare the sender's moment with a clock of his own.
    expect(transaction.read().message?.deliverAt).toBeUndefined();
  }
  expect(Date.now() - begun).toBeLessThanOrEqual(5_000);
});

describe.each([-HOUR_MS, HOUR_MS])('G7 a clock that is set by %i ms while something waits', (stepMs) => {
  test('changes no delay, and no pause before a retry', async () => {
    const clock = new SetClock();
    await using at = await Proxied.start(inject('azurite'), {}, clock);
    await at.warmUp(ENDPOINT);
    const transport: Transport = at.transport;
    for (const partition of PLACES) {
      const inbound = transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition });
      const waits = async (): Promise<void> => {
        const begun = performance.now();
        clock.step(stepMs);
        await (await takeOne(inbound)).fail(clock.now() + 2_000);
        expect(performance.now() - begun).toBeGreaterThanOrEqual(900);
        expect(performance.now() - begun).toBeLessThanOrEqual(6_000);
      };
      await transport.send([message('1', { deliverAt: clock.now() + 2_000, partition })]);
      await waits();
      await waits();
      // A delay is that long, whatever moment it came to.
      const delayed = { deliverAt: clock.now() + 2_000 + stepMs, delayMs: 2_000, partition };
      await transport.send([message('2', delayed)]);
      await waits();
      await inbound.close();
    }
  });

  test('neither loses nor keeps a lease', async () => {
    const prefix = freshPrefix();
    const clock = new SetClock();
    await using at = await Proxied.start(inject('azurite'), {}, clock, prefix);
    await using other = await Proxied.start(inject('azurite'), {}, systemClock, prefix);
    for (const partition of PLACES) {
      await at.transport.send([message('1', { partition }), message('2', { partition })]);
      const inbound = at.transport.receiver(ENDPOINT, { leaseMs: 2_000, partition });
      const held = await takeOne(inbound);
      const done = await takeOne(inbound);
      const begun = performance.now();
      clock.step(stepMs);
      await held.extend(3_000);
      await done.commit();
      expect(await other.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 1 });
      await (await takeOne(other.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition }))).commit();
      expect(performance.now() - begun).toBeGreaterThanOrEqual(2_000);
      expect(performance.now() - begun).toBeLessThanOrEqual(7_000);
      await expect(held.commit()).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
    }
  });

  test('does not end the waiting of a receiver, nor make it long', async () => {
    const clock = new SetClock();
    await using at = await Proxied.start(inject('azurite'), {}, clock);
    await using other = await Proxied.start(inject('azurite'), {}, systemClock, at.prefix);
    for (const partition of PLACES) {
      const stop = new AbortController();
      await at.warmUp(ENDPOINT);
      const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition });
      const waiting = inbound.receive(1, stop.signal);
      await expect.poll(() => at.proxy.count()).toBeGreaterThan(partition === undefined ? 0 : 1);
      clock.step(stepMs);
      await other.transport.send([message('1', { partition })]);
      const begun = performance.now();
      expect(idsOf([...(await waiting)])).toEqual(['1']);
      expect(performance.now() - begun).toBeLessThanOrEqual(5_000);
    }
  });
});

test.each([-HOUR_MS, HOUR_MS])(
  'G8 a process whose clock is %i ms off does not retry what another is retrying, and does when that one is dead',
  async (offMs) => {
    const prefix = freshPrefix();
    await using right = await Proxied.start(inject('azurite'), {}, systemClock, prefix);
    await using wrong = await Proxied.start(inject('azurite'), {}, new SetClock(offMs), prefix);
    for (const [first, second] of [
      [right, wrong],
      [wrong, right],
    ] as const) {
      await first.transport.send([message('1')]);
      await (await takeOne(first.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }))).deadLetter(REASON);
      const held = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const isSentBack = on('queue', 'put');
      first.proxy.beforeForward = async (seen) => {
        if (!isSentBack(seen)) return;
        reached.resolve();
        await held.promise;
      };
      const retrying = first.transport.deadLetters(ENDPOINT).retry('all');
      await reached.promise;
      expect(await second.transport.deadLetters(ENDPOINT).retry('all')).toBe(0);
      second.proxy.aheadMs = 62_000;
      expect(await second.transport.deadLetters(ENDPOINT).retry('all')).toBe(1);
      second.proxy.aheadMs = 0;
      first.proxy.beforeForward = undefined;
      held.resolve();
      await retrying;
      for (const each of await take(first.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 2)) await each.commit();
    }
  },
);

test.each([-HOUR_MS, HOUR_MS])(
  'a message that makes another hop comes in its time by the service, though the clock here is %i ms off',
  async (offMs) => {
    await using at = await Proxied.start(inject('azurite'), {}, new SetClock(offMs));
    const begun = Date.now();
    const until = begun + 3_000;
    const text = `${JSON.stringify({ ndomain: 1, until })}\n{"id":"1","name":"A","component":"B","headers":{}}\n1`;
    await at.warmUp(ENDPOINT);
    await at.queues.getQueueClient(`${at.prefix}-${ENDPOINT}`).sendMessage(Buffer.from(text).toString('base64'));
    const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1_900);
    expect(Date.now() - begun).toBeLessThanOrEqual(7_000);
    expect(transaction.deliveryCount).toBe(1);
  },
);
