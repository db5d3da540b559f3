import { getInMemoryEventStore, type Event } from '@event-driven-io/emmett';
import { nameOf, payloadOf, rebuild, type Ledger } from '../../lib/ledger.ts';
import { numberOf } from '../../lib/parameters.ts';
import type { Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

type LedgerEvent = Event<'Deposited', Payload> | Event<'Withdrawn', Payload> | Event<'Noted', Payload>;

const initialState = (): Ledger => ({ balance: 0, notes: 0 });

function evolve(state: Ledger, { type, data }: LedgerEvent): Ledger {
  switch (type) {
    case 'Deposited':
      return { ...state, balance: state.balance + data.amount };
    case 'Withdrawn':
      return { ...state, balance: state.balance - data.amount };
    case 'Noted':
      return { ...state, notes: state.notes + 1 };
  }
}

/** As in https://event-driven-io.github.io/emmett/getting-started.html: its store in memory hands out what it holds, without a copy. */
export async function run(parameters: Parameters): Promise<Outcome> {
  const store = getInMemoryEventStore();
  const events = Array.from({ length: numberOf(parameters, 'events') }, (_, i): LedgerEvent => ({
    type: nameOf(i),
    data: payloadOf(),
  }));
  await store.appendToStream('account-1', events);
  return rebuild(parameters, async () => {
    const { state } = await store.aggregateStream<Ledger, LedgerEvent>('account-1', { evolve, initialState });
    return state;
  });
}
