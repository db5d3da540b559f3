import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD } from '../../lib/payload.ts';
import { fillOurs } from '../../lib/redis-filling.ts';
import { startOurs } from '../../lib/redis-peers.ts';
import { measureRecovery } from '../../lib/redis-recovery.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  await using sender = await startOurs(server.url, 1, undefined);
  return await measureRecovery(parameters, {
    url: server.url,
    consumer: 'ours.ts',
    fill: (count) => fillOurs(sender, count, (index) => ({ ...PAYLOAD, accountId: String(index) })),
  });
}
