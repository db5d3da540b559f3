import type { DeadLetterReason } from '@ndomain/core';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { describe, expect, it } from 'vitest';
import { ENDPOINT, idOf, message, receive } from './support/load.ts';
import { freshPrefix, startServer } from './support/servers.ts';

const REASON: DeadLetterReason = { code: 'E', message: 'no', attempts: 1, failedAt: 5 };
const PLACE = '5000000000000001:0:1700000000000:';
const FOREIGN = [
  '',
  'hello',
  '{"id":1}',
  '["a","b"]\n{}',
  '["a","b","c",7]\n{}',
  '["a","b","c"]\n{broken',
  'a\nb\nc',
  '5:x:1:y',
];

describe('G8 what somebody else has put into our keys', async () => {
  const server = await startServer();

  it('is received as broken with what it is, keeps being that, and holds up nothing', async () => {
    await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
    const transport = new RedisTransport(connection);
    const { ready } = connection.keys.endpoint(ENDPOINT).queue('');
    for (const raw of FOREIGN) {
      await connection.command((client) => client.rpush(ready, raw, PLACE + raw));
    }
    await transport.send([message('ours')]);
    const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
    const received = await receive(inbound, 2 * FOREIGN.length + 1);
    expect(received.slice(0, -1).map((each) => each.read().broken?.raw)).toEqual(FOREIGN.flatMap((raw) => [raw, raw]));
    expect(idOf(received.at(-1) ?? expect.fail())).toBe('ours');
    // It can be given back, retried and given up like any other.
    for (const transaction of received.slice(0, 4)) await transaction.release();
    for (const transaction of received.slice(4, 8)) await transaction.fail();
    for (const transaction of received.slice(8)) await transaction.deadLetter(REASON);
    const back = await receive(inbound, 8);
    // What was released comes first, what failed behind.
    expect(new Set(back.map((each) => each.read().broken?.raw))).toEqual(new Set(FOREIGN.slice(0, 4)));
    expect(back.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    const letters = await transport.deadLetters(ENDPOINT).list({ limit: 100 });
    expect(letters.filter(({ raw }) => raw !== undefined).map(({ raw }) => raw)).toEqual(
      FOREIGN.slice(4).flatMap((raw) => [raw, raw]),
    );
    expect(await transport.deadLetters(ENDPOINT).retry('all')).toBe(1);
    await inbound.close();
  });

  it('does not keep dead letters from being listed', async () => {
    await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
    const transport = new RedisTransport(connection);
    const { deadLetters } = connection.keys.endpoint(ENDPOINT);
    await connection.command((client) => client.zadd(deadLetters, 1, 'hello', 2, '2\n\n\nmessage\n{broken\nbody'));
    const letters = await transport.deadLetters(ENDPOINT).list({ limit: 100 });
    expect(letters.map(({ raw }) => raw)).toEqual(['hello', 'body']);
    expect(await transport.deadLetters(ENDPOINT).purge('all')).toBe(2);
  });

  it('of another type is an error that names the remedy', async () => {
    await using connection = new RedisConnection(server.url, { prefix: freshPrefix() });
    const { ready } = connection.keys.endpoint(ENDPOINT).queue('');
    await connection.command((client) => client.set(ready, 'a string'));
    const sending = new RedisTransport(connection).send([message('1')]);
    await expect(sending).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
  });
});
