import { isNDomainError } from '@ndomain/core';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { expect, test } from 'vitest';
import { ENDPOINT, message, receive } from '../support/load.ts';
import { startServer } from '../support/servers.ts';

test('out of memory: sending fails and says why, whole or not at all; what waits can be handled, and then there is room again', async () => {
  await using server = await startServer({ maxmemory: '8mb', 'maxmemory-policy': 'noeviction' });
  await using connection = new RedisConnection(server.url);
  const transport = new RedisTransport(connection);
  const note = 'x'.repeat(1_000);
  let accepted = 0;
  let failure: unknown;
  while (failure === undefined) {
    try {
      await transport.send(Array.from({ length: 100 }, () => message('1', { payload: { note } })));
      accepted += 100;
    } catch (error) {
      failure = error;
    }
  }
  expect(isNDomainError(failure, 'ND_STORAGE_FULL')).toBe(true);
  expect((await transport.figures(ENDPOINT)).ready).toBe(accepted);
  // All that can become of a message, while nothing can be added.
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  const [failed, released, extended, dead] = await receive(inbound, 4);
  await failed?.fail();
  await released?.release();
  await extended?.extend(120_000);
  await extended?.commit();
  await dead?.deadLetter({ code: 'E', message: 'no', attempts: 1, failedAt: 0 });
  expect(await transport.figures(ENDPOINT)).toMatchObject({ ready: accepted - 2, inFlight: 0, dead: 1 });
  for (let left = accepted - 2; left > 0;) {
    const received = await inbound.receive(100, AbortSignal.timeout(10_000));
    await Promise.all(received.map(async (transaction) => transaction.commit()));
    left -= received.length;
  }
  await transport.send([message('2', { payload: { note } })]);
  expect(await transport.figures(ENDPOINT)).toMatchObject({ ready: 1, inFlight: 0, dead: 1 });
  await inbound.close();
}, 60_000);
