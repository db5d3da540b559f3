import { RedisServer } from '@ndomain/testing/servers';
import { measureDrain } from '../../lib/redis-drain.ts';
import { fillOurs } from '../../lib/redis-filling.ts';
import { leftOfOurs, startOurs } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  await using sender = await startOurs(server.url, 1, undefined);
  return await measureDrain(parameters, {
    url: server.url,
    consumer: 'ours.ts',
    fill: (count) => fillOurs(sender, count),
    left: () => leftOfOurs(sender),
  });
}
