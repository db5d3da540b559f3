import type { DomainContext } from '@ndomain/core';
import { RedisServer } from '@ndomain/testing/servers';
import { fillOurs } from '../../lib/redis-filling.ts';
import { leftOfOurs, startOurs } from '../../lib/redis-peers.ts';
import { measureProcessing } from '../../lib/redis-processing.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  await using sender = await startOurs(server.url, 1, undefined);
  let worker: DomainContext | undefined;
  return await measureProcessing(parameters, {
    fill: (count) => fillOurs(sender, count),
    async start(concurrency, handle) {
      worker = await startOurs(server.url, concurrency, handle);
    },
    async stop() {
      await worker?.stop();
      return leftOfOurs(sender);
    },
  });
}
