import { RedisServer } from '@ndomain/testing/servers';
import { measureLatency } from '../../lib/redis-latency.ts';
import { bullQueue, bullWorker } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = bullQueue(server.url);
  return await measureLatency(parameters, {
    start: (onHandled) => bullWorker(server.url, 50, onHandled).waitUntilReady(),
    send: (payload) => queue.add('Deposit', payload),
  });
}
