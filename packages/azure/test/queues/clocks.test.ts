import { systemClock, type Clock } from '@ndomain/core';
import { expect, inject, test } from 'vitest';
import { freshPrefix } from '../support/names.ts';
import { ENDPOINT, idsOf, LEASE_MS, message, take, takeOne } from './messages.ts';
import { Proxied } from './proxied.ts';

const HOUR_MS = 3_600_000;

function off(byMs: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + byMs };
}

test.each([-HOUR_MS, HOUR_MS])(
  'G7 a process whose clock is %i ms off keeps the leases of a partition, and their end',
  async (byMs) => {
    const prefix = freshPrefix();
    await using right = await Proxied.start(inject('azurite'), {}, systemClock, prefix);
    await using wrong = await Proxied.start(inject('azurite'), {}, off(byMs), prefix);
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

test.each([-HOUR_MS, HOUR_MS])('G7 a delay by a clock that is %i ms off is as long as it was meant', async (byMs) => {
  const prefix = freshPrefix();
  await using right = await Proxied.start(inject('azurite'), {}, systemClock, prefix);
  await using wrong = await Proxied.start(inject('azurite'), {}, off(byMs), prefix);
  const begun = Date.now();
  const deliverAt = begun + byMs + 2_000;
  await wrong.transport.figures(ENDPOINT);
  await wrong.transport.send([message('1', { deliverAt }), message('2', { deliverAt, partition: 0 })]);
  for (const partition of [undefined, 0]) {
    await takeOne(right.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition }));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1_000);
  }
  expect(Date.now() - begun).toBeLessThanOrEqual(5_000);
});
