import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD } from '../../lib/payload.ts';
import { bareRedis, QUEUE } from '../../lib/redis-peers.ts';
import { measureSends } from '../../lib/redis-sends.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const client = bareRedis(server.url, true);
  const outcome = await measureSends(parameters, {
    send: (count) => client.rpush(QUEUE, ...Array.from({ length: count }, () => JSON.stringify(PAYLOAD))),
    waiting: () => client.llen(QUEUE),
  });
  client.disconnect();
  return outcome;
}
