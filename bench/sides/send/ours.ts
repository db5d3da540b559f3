import { DomainContext } from '@ndomain/core';
import type { AccountCommands } from '../../lib/account.ts';
import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const sums = new Sums();
  await using context = await DomainContext.configure()
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('accounts')
          .concurrency(50)
          .commands<AccountCommands>()
          .handle('Deposit', async ({ amount }) => sums.add(amount)),
      ),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  const value = await rate(
    () => {
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        () => commands.send('Deposit', PAYLOAD),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: sums.proof };
}
