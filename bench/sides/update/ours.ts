import { DomainContext, silentLogger } from '@ndomain/core';
import { Account } from '../../lib/account.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { updateStreams } from '../../lib/updates.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  const { cache } = parameters;
  const cached = typeof cache === 'number' ? cache : undefined;
  let context: DomainContext | undefined;
  return updateStreams(parameters, async () => {
    await context?.stop();
    context = await DomainContext.configure()
      .logging((c) => c.logger(silentLogger))
      .eventSourcing((c) => (cached === undefined ? c.bind(Account) : c.bind(Account).cache({ capacity: cached })))
      .start();
    const accounts = context.repository(Account);
    return {
      seed: (id, count) =>
        accounts.createOrUpdate(id, (account) => {
          for (let i = 0; i < count; i++) account.deposit(PAYLOAD.amount, PAYLOAD.note, PAYLOAD.at);
        }),
      update: (id) =>
        accounts.createOrUpdate(id, (account) => account.deposit(PAYLOAD.amount, PAYLOAD.note, PAYLOAD.at)),
      balance: async (id) => (await accounts.find(id)).balance,
    };
  });
}
