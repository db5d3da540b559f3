import { CommandHandler, getInMemoryEventStore, type Event } from '@event-driven-io/emmett';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { updateStreams } from '../../lib/updates.ts';

type Deposited = Event<'Deposited', Payload>;
interface AccountState {
  readonly balance: number;
}

const initialState = (): AccountState => ({ balance: 0 });
const evolve = ({ balance }: AccountState, { data }: Deposited): AccountState => ({ balance: balance + data.amount });
const handle = CommandHandler<AccountState, Deposited>({ evolve, initialState });
const deposit = (): Deposited => ({ type: 'Deposited', data: PAYLOAD });

/** As in https://event-driven-io.github.io/emmett/getting-started.html#command-handling */
export async function run(parameters: Parameters): Promise<Outcome> {
  return updateStreams(parameters, () => {
    const store = getInMemoryEventStore();
    return {
      seed: (id, count) => handle(store, id, () => Array.from({ length: count }, deposit)),
      update: (id) => handle(store, id, deposit),
      balance: async (id) =>
        (await store.aggregateStream<AccountState, Deposited>(id, { evolve, initialState })).state.balance,
    };
  });
}
