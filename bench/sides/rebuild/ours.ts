import { AggregateDefinition, type AggregateEvent } from '@ndomain/core';
import { nameOf, payloadOf, rebuild } from '../../lib/ledger.ts';
import { numberOf } from '../../lib/parameters.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { LedgerAccount } from './account.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  const definition = new AggregateDefinition(LedgerAccount);
  const date = new Date();
  const events = Array.from({ length: numberOf(parameters, 'events') }, (_, i): AggregateEvent => {
    const event = { aggregateId: '1', sequenceId: i + 1, date, name: nameOf(i), revision: 1, payload: payloadOf() };
    return { ...event, transactionId: 't', metadata: {} };
  });
  return rebuild(parameters, () => definition.fromEvents('1', events).ledger);
}
