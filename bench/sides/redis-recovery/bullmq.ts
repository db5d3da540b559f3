import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD } from '../../lib/payload.ts';
import { fillBull } from '../../lib/redis-filling.ts';
import { bullQueue } from '../../lib/redis-peers.ts';
import { measureRecovery } from '../../lib/redis-recovery.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = bullQueue(server.url);
  return await measureRecovery(parameters, {
    url: server.url,
    consumer: 'bullmq.ts',
    fill: (count) => fillBull(queue, count, (index) => ({ ...PAYLOAD, accountId: String(index) })),
  });
}
