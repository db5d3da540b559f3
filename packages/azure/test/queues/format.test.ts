import { InvalidOptionError } from '@ndomain/core';
import { AzureConnection, azureQueues, AzureQueueTransport } from '@ndomain/azure';
import { expect, inject, test } from 'vitest';
import { ENDPOINT, idsOf, LEASE_MS, message, take, takeOne } from './messages.ts';
import { Proxied } from './proxied.ts';
import { TwoTransports } from './transports.ts';

const DAY_S = 86_400;

/** As it has stood in queues since the first version. */
function stored(note: object, body: string): string {
  return Buffer.from(`${JSON.stringify({ ndomain: 1, ...note })}\n${body}`).toString('base64');
}

const BODY =
  '{"id":"1","name":"PlaceOrder","component":"Sales","headers":{"a":"ü"}}\n{"at":{"$date":"2010-12-01T08:26:00.000Z"}}';

test('what was stored by the first version can be read', async () => {
  const backend = new TwoTransports(inject('azurite'));
  await backend.injectIntoQueue(ENDPOINT, stored({}, BODY));
  const transaction = await takeOne(backend.first.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
  expect(transaction.read().message).toEqual({
    ...message('1', { payload: { at: new Date('2010-12-01T08:26:00Z') }, headers: { a: 'ü' } }),
    partition: undefined,
    deliverAt: undefined,
  });
  await backend.close();
});

test('a message that needs another hop makes it, uncounted, and comes in its time', async () => {
  const backend = new TwoTransports(inject('azurite'));
  const until = Date.now() + 2_000;
  await backend.injectIntoQueue(ENDPOINT, stored({ until, released: 0 }, BODY));
  const transaction = await takeOne(backend.first.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
  expect(Date.now()).toBeGreaterThanOrEqual(until - 100);
  expect([transaction.deliveryCount, transaction.read().message?.id]).toEqual([1, '1']);
  await backend.close();
});

test('a delay beyond seven days hides the message for seven, and says until when', async () => {
  await using at = await Proxied.start(inject('azurite'));
  const deliverAt = Date.now() + 30 * DAY_S * 1_000;
  await at.transport.send([message('1', { deliverAt })]);
  await at.transport.send([message('2')]);
  const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
  await transaction.fail(deliverAt);
  const hidden = at.proxy.seen.filter(({ operation }) => operation === 'put' || operation === 'update');
  const seconds = hidden.map(({ url }) => url.searchParams.get('visibilitytimeout'));
  expect(seconds).toEqual([String(7 * DAY_S), '0', String(7 * DAY_S)]);
  const texts = hidden.map(({ body }) => /<MessageText>(.*)<\/MessageText>/.exec(body.toString())?.[1] ?? '');
  const notes = texts.map((text) => Buffer.from(text, 'base64').toString().split('\n')[0] ?? '');
  const untils = notes.map((note) => (JSON.parse(note) as { until?: number }).until ?? 0);
  // By the service's time, which is about that of this machine.
  for (const until of [untils[0], untils[2]]) expect(Math.abs((until ?? 0) - deliverAt)).toBeLessThanOrEqual(2_000);
  expect(untils[1]).toBe(0);
  expect(at.proxy.violations).toEqual([]);
});

test('messages never expire', async () => {
  await using at = await Proxied.start(inject('azurite'));
  await at.transport.send([message('1')]);
  const [put] = at.proxy.seen.filter(({ operation }) => operation === 'put');
  expect(put?.url.searchParams.get('messagettl')).toBe('-1');
});

test.each([49_152 - 512, 49_152 - 511])('a message of %i bytes passes the limits of the service', async (bytes) => {
  await using at = await Proxied.start(inject('azurite'));
  const rest = Buffer.byteLength('{"id":"1","name":"PlaceOrder","component":"Sales","headers":{}}\n""');
  await at.transport.send([message('1', { payload: 'x'.repeat(bytes - rest) })]);
  const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  const transaction = await takeOne(inbound);
  // What is noted about its delivery has to fit too.
  await transaction.release(Date.now() + 365 * DAY_S * 1_000);
  expect(await at.blobs()).toHaveLength(bytes > 49_152 - 512 ? 1 : 0);
  expect(at.proxy.violations).toEqual([]);
});

test.each([
  ['text of somebody else', 'Dear queue, …'],
  ['Base64 of somebody else', Buffer.from('{"not":"ours"}').toString('base64')],
  ['a newer version', stored({ ndomain: 2 }, BODY)],
  ['half a message', stored({}, BODY.slice(0, 40))],
  ['a payload that is none', stored({}, BODY.slice(0, -1))],
])('%s is broken, with what stood in the queue', async (_, raw) => {
  const backend = new TwoTransports(inject('azurite'));
  await backend.injectIntoQueue(ENDPOINT, raw);
  const transaction = await takeOne(backend.first.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
  expect(transaction.read().broken?.raw).toBe(raw);
  await transaction.deadLetter({ code: 'E', message: 'no', attempts: 1, failedAt: 1 });
  const [letter] = await backend.second.deadLetters(ENDPOINT).list({ limit: 1 });
  expect([letter?.raw, letter?.message]).toEqual([raw, undefined]);
  await backend.close();
});

test('when one of a call cannot be sent, the others of the call are taken out again', async () => {
  await using at = await Proxied.start(inject('azurite'), { sendsAtOnce: 1 });
  await at.warmUp(ENDPOINT);
  let puts = 0;
  const third = ({ operation }: { operation: string }): boolean => operation === 'put' && ++puts === 3;
  at.proxy.fail(third, { kind: 'answer', status: 400, code: 'InvalidInput' });
  await expect(at.transport.send(['1', '2', '3', '4'].map((id) => message(id)))).rejects.toThrow();
  expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 });
});

test('G8 a message that failed with a time comes back not before it, counted', async () => {
  const backend = new TwoTransports(inject('azurite'));
  await backend.first.send([message('1')]);
  const retryAt = Date.now() + 2_000;
  await (await takeOne(backend.first.receiver(ENDPOINT, { leaseMs: LEASE_MS }))).fail(retryAt);
  expect(await backend.second.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 1 });
  const again = await takeOne(backend.second.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
  expect(Date.now()).toBeGreaterThanOrEqual(retryAt);
  expect(again.deliveryCount).toBe(2);
  await backend.close();
});

test('G9 what is released, also by closing, comes back at once and uncounted', async () => {
  const backend = new TwoTransports(inject('azurite'));
  const ids = ['1', '2', '3', '4'];
  await backend.first.send(ids.map((id) => message(id)));
  const inbound = backend.first.receiver(ENDPOINT, { leaseMs: LEASE_MS });
  const [one] = await take(inbound, 4);
  await one?.release();
  await inbound.close();
  expect(await backend.second.figures(ENDPOINT)).toMatchObject({ ready: 4, inFlight: 0 });
  const again = await take(backend.second.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 4);
  expect(idsOf(again).toSorted()).toEqual(ids);
  expect(again.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1, 1, 1]);
  await backend.close();
});

test('options and names that the service refuses are errors that quote the rule', () => {
  const connection = new AzureConnection(inject('azurite'));
  expect(() => azureQueues(connection, { prefix: 'Shop' })).toThrow(InvalidOptionError);
  expect(() => azureQueues(connection, { sendsAtOnce: 0 })).toThrow('an integer of at least 1');
  const transport = new AzureQueueTransport(connection);
  for (const name of ['ab', 'a'.repeat(64), 'Sales', 'sales_eu', '-sales', 'sales-', 'sales--eu']) {
    expect(() => transport.checkEndpointName(name)).toThrow("3 to 63 of a-z, 0-9 and '-'");
    expect(() => transport.receiver(name, { leaseMs: LEASE_MS })).toThrow(InvalidOptionError);
  }
});

test('endpoints whose names are long have queues of their own', async () => {
  const backend = new TwoTransports(inject('azurite'));
  const endpoints = ['x', 'y'].map((last) => 'long-'.repeat(12) + last);
  await backend.first.send(endpoints.map((endpoint) => message(endpoint, { endpoint })));
  for (const endpoint of endpoints) {
    const transaction = await takeOne(backend.second.receiver(endpoint, { leaseMs: LEASE_MS }));
    expect(transaction.read().message?.id).toBe(endpoint);
  }
  await backend.close();
});
