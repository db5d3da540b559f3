import { eventually } from '@ndomain/testing';
import { expect, inject, test } from 'vitest';
import { ENDPOINT, idsOf, large, LEASE_MS, message, take, takeOne } from '../messages.ts';
import { Proxied } from '../proxied.ts';

const REASON = { code: 'E', message: 'no', attempts: 1, failedAt: 1 };

test('a queue that is deleted while it is in use is made again: by a send, and by who waits', async () => {
  await using at = await Proxied.start(inject('azurite'));
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  await at.transport.send([message('1')]);
  const lost = await takeOne(inbound);
  const queue = at.queues.getQueueClient(`${at.prefix}-${ENDPOINT}`);
  await queue.delete();
  const waiting = take(inbound, 1);
  await eventually(() => queue.exists());
  await queue.delete();
  await at.transport.send([message('2')]);
  expect(idsOf(await waiting)).toEqual(['2']);
  // It went with the queue, and is done with.
  await lost.commit();
});

test('a table that is deleted while it is in use is made again', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1', { partition: 0 })]);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 0 });
  const transaction = await takeOne(inbound);
  await at.table.deleteTable();
  await expect(transaction.extend(LEASE_MS)).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
  await at.transport.send([message('2', { partition: 0 })]);
  const again = await takeOne(inbound);
  expect(idsOf([again])).toEqual(['2']);
  await at.table.deleteTable();
  expect(await at.transport.deadLetters(ENDPOINT).list({ limit: 10 })).toEqual([]);
});

test('a container that is deleted while it is in use is made again; a message whose body went with it is broken, not lost', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([large('1')]);
  await at.container().delete();
  await at.transport.send([large('2')]);
  const received = await take(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 2);
  const broken = received.find((transaction) => transaction.read().broken !== undefined);
  expect(broken?.read().broken?.problem).toContain('is not in the container');
  await broken?.deadLetter(REASON);
  const [letter] = await at.transport.deadLetters(ENDPOINT).list({ limit: 10 });
  expect([letter?.raw, letter?.message]).toEqual([broken?.read().broken?.raw, undefined]);
  expect(idsOf(received.filter((transaction) => transaction !== broken))).toEqual(['2']);
});
