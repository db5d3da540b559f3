import { AggregateDefinition } from '@ndomain/core';
import { ledgerEvents, rebuild } from '../../lib/ledger.ts';
import { numberOf } from '../../lib/parameters.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { LedgerAccount } from './account.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  const definition = new AggregateDefinition(LedgerAccount);
  const events = ledgerEvents(numberOf(parameters, 'events'));
  return rebuild(parameters, () => definition.fromEvents('1', events).ledger);
}
