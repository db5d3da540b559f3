import type { Worker } from 'bullmq';
import { RedisServer } from '@ndomain/testing/servers';
import { fillBull } from '../../lib/redis-filling.ts';
import { bullQueue, bullWorker } from '../../lib/redis-peers.ts';
import { measureProcessing } from '../../lib/redis-processing.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = bullQueue(server.url);
  let worker: Worker | undefined;
  const outcome = await measureProcessing(parameters, {
    fill: (count) => fillBull(queue, count),
    async start(concurrency, handle) {
      worker = bullWorker(server.url, concurrency, handle);
      await worker.waitUntilReady();
    },
    async stop() {
      await worker?.close();
      return queue.getJobCountByTypes('waiting', 'active', 'delayed', 'failed');
    },
  });
  await queue.close();
  return outcome;
}
