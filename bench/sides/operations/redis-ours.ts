import { setTimeout as pause } from 'node:timers/promises';
import { RedisServer } from '@ndomain/testing/servers';
import type { AccountCommands } from '../../lib/account.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import { countOperations } from '../../lib/redis-operations.ts';
import { leftOfOurs, startOurs } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  let handled = 0;
  const context = await startOurs(server.url, 50, async () => void handled++);
  const commands = context.commands<AccountCommands>();
  return await countOperations(parameters, server.url, {
    send: () => commands.send('Deposit', PAYLOAD),
    handled: () => handled,
    async left() {
      // What was handled last is acknowledged a moment later.
      while ((await leftOfOurs(context)) > 0) await pause(5);
      return leftOfOurs(context);
    },
  });
}
