import { DomainContext, silentLogger } from '@ndomain/core';
import { nameOf, payloadOf, rebuild } from '../../lib/ledger.ts';
import { numberOf } from '../../lib/parameters.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { LedgerAccount } from './account.ts';

/** As a program does it: the store in memory gives copies, in pages. */
export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'events');
  await using context = await DomainContext.configure()
    .logging((c) => c.logger(silentLogger))
    .eventSourcing((c) => c.bind(LedgerAccount))
    .start();
  const accounts = context.repository(LedgerAccount);
  await accounts.createOrUpdate('1', (account) => {
    for (let i = 0; i < count; i++) account.happen(nameOf(i), payloadOf());
  });
  return await rebuild(parameters, async () => (await accounts.find('1')).ledger);
}
