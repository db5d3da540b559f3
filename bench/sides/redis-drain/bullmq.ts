import { RedisServer } from '@ndomain/testing/servers';
import { measureDrain } from '../../lib/redis-drain.ts';
import { fillBull } from '../../lib/redis-filling.ts';
import { bullQueue } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = bullQueue(server.url);
  return await measureDrain(parameters, {
    url: server.url,
    consumer: 'bullmq.ts',
    fill: (count) => fillBull(queue, count),
    left: () => queue.getJobCountByTypes('waiting', 'active', 'delayed', 'failed'),
  });
}
