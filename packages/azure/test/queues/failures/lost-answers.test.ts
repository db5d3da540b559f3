import { expect, inject, test } from 'vitest';
import { on } from '../../support/storage-proxy.ts';
import { ENDPOINT, idsOf, large, LEASE_MS, message, take, takeOne } from '../messages.ts';
import { Proxied } from '../proxied.ts';

const LOST = { kind: 'loseAnswer' } as const;

test('G1 a send whose answer is lost is repeated: the message may come twice, and never not at all', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.warmUp(ENDPOINT);
  at.proxy.fail(on('queue', 'put'), LOST);
  await at.transport.send([message('1')]);
  const received = await take(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 2);
  expect(idsOf(received)).toEqual(['1', '1']);
});

test('a large message that came twice so has two bodies: acknowledging one leaves the other readable', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.warmUp(ENDPOINT);
  at.proxy.fail(on('queue', 'put'), LOST);
  await at.transport.send([large('1')]);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  const [one, other] = await take(inbound, 2);
  expect(await at.blobs()).toHaveLength(2);
  await one?.commit();
  await other?.fail();
  expect(idsOf([await takeOne(inbound)])).toEqual(['1']);
  expect(await at.blobs()).toHaveLength(1);
});

test('a commit whose answer is lost is done, and takes the body with it', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([large('1')]);
  const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
  at.proxy.fail(on('queue', 'delete'), LOST);
  await transaction.commit();
  expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 });
  expect(await at.blobs()).toEqual([]);
});

test.each(['fail', 'release'] as const)('a %s whose answer is lost is done', async (method) => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1')]);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  const transaction = await takeOne(inbound);
  at.proxy.fail(on('queue', 'update'), LOST);
  await transaction[method]();
  expect((await takeOne(inbound)).deliveryCount).toBe(method === 'fail' ? 2 : 1);
});

test('G7 without the newest receipt nothing can be done: an extension whose answer is lost is a lost lease', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1')]);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: 1_000 });
  const transaction = await takeOne(inbound);
  at.proxy.fail(on('queue', 'update'), LOST);
  await expect(transaction.extend(1_000)).rejects.toMatchObject({ code: 'ND_LEASE_LOST', messageId: '1' });
  await expect(transaction.commit()).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
  expect((await takeOne(inbound)).deliveryCount).toBe(2);
});

test('G7 messages of a receive whose answer is lost come back when their lease is over', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1')]);
  at.proxy.fail(on('queue', 'receive'), LOST);
  const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: 1_000 }));
  expect(transaction.deliveryCount).toBe(2);
});

test('G8 a process that dies between the dead letter and the message leaves both, and never neither', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([large('1')]);
  const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: 1_000 }));
  at.proxy.fail(on('queue', 'delete'), { kind: 'answer', status: 400, code: 'InvalidInput' });
  const reason = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };
  await expect(transaction.deadLetter(reason)).rejects.toThrow();
  const [letter] = await at.transport.deadLetters(ENDPOINT).list({ limit: 10 });
  expect(letter?.message?.id).toBe('1');
  const again = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: 1_000 }));
  await again.commit();
  // Its body is its own.
  expect((await at.transport.deadLetters(ENDPOINT).get(letter?.id ?? ''))?.message).toEqual(letter?.message);
  expect(await at.blobs()).toHaveLength(1);
});

test('G8 dead letters that could not be sent back stay, and can be retried at once', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1'), large('2')]);
  const reason = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  for (const transaction of await take(inbound, 2)) await transaction.deadLetter(reason);
  const letters = at.transport.deadLetters(ENDPOINT);
  at.proxy.fail(on('queue', 'put'), { kind: 'answer', status: 400, code: 'InvalidInput' });
  await expect(letters.retry('all')).rejects.toThrow();
  expect(await letters.count()).toBe(2);
  expect(await letters.retry('all')).toBe(2);
  expect(idsOf(await take(inbound, 2)).toSorted()).toEqual(['1', '2']);
  expect([await letters.count(), (await at.blobs()).length]).toEqual([0, 1]);
});

test('G8 dead letters that are claimed for a retry whose answer is lost are retried all the same', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1'), message('2')]);
  const reason = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  for (const transaction of await take(inbound, 2)) await transaction.deadLetter(reason);
  at.proxy.fail(on('table', 'transaction'), LOST);
  expect(await at.transport.deadLetters(ENDPOINT).retry('all')).toBe(2);
  expect(await take(inbound, 2)).toHaveLength(2);
});
