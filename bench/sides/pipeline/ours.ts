import { DomainContext } from '@ndomain/core';
import { Account, type AccountCommands, type AccountEvents } from '../../lib/account.ts';
import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

const UPDATES = 5;

export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const sums = new Sums();
  await using context: DomainContext = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Account))
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('accounts').concurrency(50);
        p.commands<AccountCommands>().handle('Deposit', async ({ accountId, amount, note, at }) => {
          await context.repository(Account).createOrUpdate(accountId, (account) => account.deposit(amount, note, at));
        });
        p.events<AccountEvents>().handle('Deposited', async ({ amount }) => sums.add(amount));
      }),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  let round = 0;
  const value = await rate(
    () => {
      round++;
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        (i) => commands.send('Deposit', { ...PAYLOAD, accountId: `${round}-${i % (count / UPDATES)}` }),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: sums.proof };
}
