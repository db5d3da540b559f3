import { ledgerEvents, rebuild, type Ledger } from '../../lib/ledger.ts';
import { numberOf } from '../../lib/parameters.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  const events = ledgerEvents(numberOf(parameters, 'events'));
  return rebuild(parameters, () => {
    const ledger: Ledger = { balance: 0, notes: 0 };
    for (const { name, payload } of events) {
      switch (name) {
        case 'Deposited':
          ledger.balance += payload.amount;
          break;
        case 'Withdrawn':
          ledger.balance -= payload.amount;
          break;
        case 'Noted':
          ledger.notes++;
          break;
      }
    }
    return ledger;
  });
}
