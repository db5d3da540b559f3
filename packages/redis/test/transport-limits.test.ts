import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { expect, test } from 'vitest';
import { ENDPOINT, message, receive } from './support/load.ts';
import { startServer } from './support/servers.ts';

const LIMIT = 16 * 1024 * 1024;

test('a message exactly as long as the limit arrives, and one byte more is refused with both sizes, in whatever alphabet', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  expect(transport.capabilities.maxMessageBytes).toBe(LIMIT);
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  for (const letter of ['x', 'ü', '値']) {
    const bytes = Buffer.byteLength(letter);
    const ofBytes = (count: number): string => letter.repeat(count / bytes) + 'x'.repeat(count % bytes);
    const tooLong = { payload: ofBytes(LIMIT) };
    const refused = await transport.send([message('1', tooLong)]).catch((error: unknown) => error);
    const envelope = Number(Reflect.get(Object(refused), 'size')) - LIMIT;
    expect(envelope).toBeGreaterThan(0);
    await transport.send([message('1', { payload: ofBytes(LIMIT - envelope) })]);
    const [received] = await receive(inbound, 1);
    expect(received?.read().message?.payload === ofBytes(LIMIT - envelope)).toBe(true);
    await received?.commit();
    const oneMore = transport.send([message('2'), message('1', { payload: ofBytes(LIMIT - envelope + 1) })]);
    await expect(oneMore).rejects.toMatchObject({ code: 'ND_PAYLOAD_TOO_LARGE', size: LIMIT + 1, limit: LIMIT });
  }
  expect(await transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 });
  await inbound.close();
}, 60_000);

test('more messages than one call takes are refused, and nothing is sent', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const one = message('1');
  const sending = transport.send(Array.from({ length: 100_001 }, () => one));
  await expect(sending).rejects.toMatchObject({ code: 'ND_UNSUPPORTED' });
  expect(await transport.figures(ENDPOINT)).toMatchObject({ ready: 0 });
}, 60_000);

test('as many as one call takes are sent whole', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const one = message('1', { deliverAt: Date.now() + 600_000 });
  await transport.send(Array.from({ length: 100_000 }, () => one));
  expect(await transport.figures(ENDPOINT)).toMatchObject({ delayed: 100_000 });
}, 60_000);
