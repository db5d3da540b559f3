import type { CommandSender } from '@ndomain/core';
import { RedisServer } from '@ndomain/testing/servers';
import type { AccountCommands } from '../../lib/account.ts';
import { measureLatency } from '../../lib/redis-latency.ts';
import { startOurs } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  let commands: CommandSender<AccountCommands> | undefined;
  return await measureLatency(parameters, {
    async start(onHandled) {
      const context = await startOurs(server.url, 50, onHandled);
      commands = context.commands<AccountCommands>();
    },
    send: async (payload) => commands?.send('Deposit', payload),
  });
}
