import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD } from '../../lib/payload.ts';
import { bullQueue } from '../../lib/redis-peers.ts';
import { measureSends } from '../../lib/redis-sends.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

/** As in https://docs.bullmq.io/guide/queues/adding-bulks */
export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = bullQueue(server.url);
  const outcome = await measureSends(parameters, {
    send: (count) =>
      count === 1
        ? queue.add('Deposit', PAYLOAD)
        : queue.addBulk(Array.from({ length: count }, () => ({ name: 'Deposit', data: PAYLOAD }))),
    waiting: () => queue.getWaitingCount(),
  });
  await queue.close();
  return outcome;
}
