import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD } from '../../lib/payload.ts';
import { leftOfOurs, startOurs } from '../../lib/redis-peers.ts';
import { measureSends } from '../../lib/redis-sends.ts';
import type { AccountCommands } from '../../lib/account.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  await using context = await startOurs(server.url, 1, undefined);
  const commands = context.commands<AccountCommands>();
  return await measureSends(parameters, {
    send: (count) =>
      count === 1
        ? commands.send('Deposit', PAYLOAD)
        : commands.sendAll(Array.from({ length: count }, () => ({ name: 'Deposit', payload: PAYLOAD }) as const)),
    waiting: () => leftOfOurs(context),
  });
}
