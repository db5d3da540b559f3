import { HEADERS } from '@ndomain/core';
import { expect, inject, test } from 'vitest';
import { ENDPOINT, idsOf, LEASE_MS, message, take } from './messages.ts';
import { Proxied } from './proxied.ts';

const COUNT = 1_010;

test('G8 G10 dead letters by the thousand are counted, listed, retried in order and purged in few requests', async () => {
  await using at = await Proxied.start(inject('azurite'));
  const letters = at.transport.deadLetters(ENDPOINT);
  const ids = Array.from({ length: COUNT }, (_, i) => String(i).padStart(4, '0'));
  const buried = ids.map((id) => message(id, { partition: 0, headers: { [HEADERS.key]: `key ${Number(id) % 7}` } }));
  await at.transport.send(buried);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 0 });
  const reason = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };
  for (let left = COUNT; left > 0;) {
    const received = await inbound.receive(100, new AbortController().signal);
    await Promise.all(received.map((transaction) => transaction.deadLetter(reason)));
    left -= received.length;
  }

  at.proxy.reset();
  expect(await letters.count()).toBe(COUNT);
  expect(await letters.keys()).toHaveLength(7);
  expect(at.proxy.count()).toBe(4);

  const listed: string[] = [];
  for (let after: string | undefined, isLast = false; !isLast;) {
    const page = await letters.list({ after, limit: 500 });
    listed.push(...page.map((letter) => letter.message?.id ?? ''));
    after = page.at(-1)?.id;
    isLast = page.length < 500;
  }
  expect(listed).toEqual(ids);

  at.proxy.reset();
  expect(await letters.retry('all')).toBe(COUNT);
  // Of each hundred: a claim, their bodies, a sending of two transactions, a deletion.
  expect(at.proxy.count()).toBeLessThanOrEqual(2 + 11 * 5);
  expect(idsOf(await take(inbound, 200))).toEqual(ids.slice(0, 200));

  await letters.add(letters.newId(), { message: undefined, text: 'raw', reason });
  expect(await letters.purge('all')).toBe(1);
  expect(await letters.count()).toBe(0);
  expect(at.proxy.violations).toEqual([]);
}, 60_000);
