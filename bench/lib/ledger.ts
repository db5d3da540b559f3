import type { AggregateEvent } from '@ndomain/core';
import { PAYLOAD, type Payload } from './payload.ts';
import type { Outcome, Parameters } from './scenario.ts';
import { numberOf } from './parameters.ts';
import { rate } from './rate.ts';

/** What happens to the account whose state is rebuilt, in turn. */
export const NAMES = ['Deposited', 'Withdrawn', 'Noted'] as const;
export type LedgerEvents = { Deposited: Payload; Withdrawn: Payload; Noted: Payload };

/** What the state comes to. */
export interface Ledger {
  balance: number;
  notes: number;
}

/** The least events to be folded in one round: a round of one short stream would measure the clock. */
const LEAST_PER_ROUND = 100_000;

export const nameOf = (index: number): keyof LedgerEvents => NAMES[index % NAMES.length] ?? 'Noted';

/** Payloads of their own, as they come from a store. */
export const payloadOf = (): Payload => ({ ...PAYLOAD });

/** Events as our stores give them: what our side and the limit fold. */
export function ledgerEvents(count: number): AggregateEvent<Payload>[] {
  const date = new Date();
  return Array.from({ length: count }, (_, i) => ({
    aggregateId: '1',
    sequenceId: i + 1,
    date,
    name: nameOf(i),
    revision: 1,
    payload: payloadOf(),
    transactionId: 't',
    metadata: {},
  }));
}

/** Rebuilds the state again and again, and proves that each time all events were in it. */
export async function rebuild(parameters: Parameters, fold: () => Promise<Ledger> | Ledger): Promise<Outcome> {
  const events = numberOf(parameters, 'events');
  const often = Math.ceil(LEAST_PER_ROUND / events);
  let balance = 0;
  let notes = 0;
  let folded = 0;
  const value = await rate(
    async () => {
      for (let i = 0; i < often; i++) {
        const folding = fold();
        const ledger = folding instanceof Promise ? await folding : folding;
        balance += ledger.balance;
        notes += ledger.notes;
      }
      folded += often;
      return often * events;
    },
    numberOf(parameters, 'forMs'),
  );
  // One event in three deposits and one withdraws the same amount: what is left is of the last, incomplete turn.
  const left = (events % NAMES.length === 1 ? PAYLOAD.amount : 0) * folded;
  const noted = Math.floor(events / NAMES.length) * folded;
  return { values: { '': value }, proof: { 'sum of the balances': [balance, left], notes: [notes, noted] } };
}
