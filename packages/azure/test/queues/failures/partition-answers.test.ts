import { expect, inject, test } from 'vitest';
import { on } from '../../support/storage-proxy.ts';
import { ENDPOINT, idsOf, LEASE_MS, message, take, takeOne } from '../messages.ts';
import { Proxied } from '../proxied.ts';

const LOST = { kind: 'loseAnswer' } as const;
const keyed = (id: string, partition = 3): ReturnType<typeof message> => message(id, { partition });

test('G5 what is sent to a partition is there once and in order, though the answer is lost', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([keyed('1')]);
  at.proxy.fail(on('table', 'transaction'), LOST);
  await at.transport.send([keyed('2'), keyed('3')]);
  await at.transport.send([keyed('4')]);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 3 });
  expect(idsOf(await take(inbound, 4))).toEqual(['1', '2', '3', '4']);
  expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 4 });
});

test('G5 messages of a partition that were leased by a request whose answer is lost are leased to us', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([keyed('1'), keyed('2')]);
  at.proxy.fail(on('table', 'transaction'), LOST);
  const received = await take(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 3 }), 2);
  expect(idsOf(received)).toEqual(['1', '2']);
  expect(received.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1]);
  for (const transaction of received) await transaction.commit();
});

test.each(['commit', 'fail', 'release'] as const)(
  'a %s of a partition whose answer is lost is done',
  async (method) => {
    await using at = await Proxied.start(inject('azurite'));
    await at.transport.send([keyed('1')]);
    const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 3 });
    const transaction = await takeOne(inbound);
    at.proxy.fail(on('table', method === 'commit' ? 'delete' : 'merge'), LOST);
    await transaction[method]();
    const counts = { ready: method === 'commit' ? 0 : 1, inFlight: 0 };
    expect(await at.transport.figures(ENDPOINT)).toMatchObject(counts);
  },
);

test('G7 an extension of a partition whose answer is lost keeps the message', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([keyed('1')]);
  const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: 1_000, partition: 3 }));
  at.proxy.fail(on('table', 'merge'), LOST);
  await transaction.extend(LEASE_MS);
  await transaction.commit();
  expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 });
});

test('a call to several partitions of an endpoint is one transaction: refused, it leaves nothing', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.warmUp(ENDPOINT);
  at.proxy.fail(on('table', 'transaction'), { kind: 'answer', status: 400, code: 'InvalidInput' });
  const sent = [keyed('1', 0), keyed('2', 7), keyed('3', 0)];
  await expect(at.transport.send(sent)).rejects.toThrow();
  expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0 });
  at.proxy.reset();
  await at.transport.send(sent);
  expect(at.proxy.count('table', 'transaction')).toBe(1);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 0 });
  expect(idsOf(await take(inbound, 2))).toEqual(['1', '3']);
});

test('G5 of many that send to one partition at once each keeps its own order, and nothing is lost', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await using other = await Proxied.start(at.proxy.connectionString, {}, undefined, at.prefix);
  const senders = [at.transport, other.transport].flatMap((transport, i) =>
    [0, 1, 2].map(async (j) => {
      for (let k = 0; k < 20; k++) await transport.send([keyed(`${i}${j}/${String(k).padStart(2, '0')}`)]);
    }),
  );
  await Promise.all(senders);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 3 });
  const ids = idsOf(await take(inbound, 120));
  for (const sender of ['00', '01', '02', '10', '11', '12']) {
    const own = ids.filter((id) => id.startsWith(sender));
    expect(own).toHaveLength(20);
    expect(own).toEqual(own.toSorted());
  }
});
