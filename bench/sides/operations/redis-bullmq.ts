import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD } from '../../lib/payload.ts';
import { countOperations } from '../../lib/redis-operations.ts';
import { bullQueue, bullWorker } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = bullQueue(server.url);
  let handled = 0;
  const worker = bullWorker(server.url, 50, async () => void handled++);
  await worker.waitUntilReady();
  const left = (): Promise<number> => queue.getJobCountByTypes('waiting', 'active', 'delayed', 'failed');
  return await countOperations(parameters, server.url, {
    send: () => queue.add('Deposit', PAYLOAD),
    handled: () => handled,
    async left() {
      while ((await left()) > 0) await pause(5);
      return left();
    },
  });
}
