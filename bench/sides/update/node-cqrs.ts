import {
  AbstractAggregate,
  AggregateCommandHandler,
  CommandBus,
  EventStore,
  InMemoryEventStorage,
  type NodeCqrsEvent,
} from '../../lib/node-cqrs.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { updateStreams } from '../../lib/updates.ts';

class AccountState {
  balance = 0;
  deposited({ payload }: { readonly payload: Payload }): void {
    this.balance += payload.amount;
  }
}

class Account extends AbstractAggregate {
  static get handles(): readonly string[] {
    return ['deposit', 'depositOften'];
  }
  readonly state: AccountState;
  constructor(options: { id: string; events?: readonly NodeCqrsEvent[] }) {
    const state = new AccountState();
    // The base class folds the events in its constructor, so it has to be given the state.
    super({ ...options, state });
    this.state = state;
  }
  deposit(payload: Payload): void {
    this.emit('deposited', payload);
  }
  depositOften(count: number): void {
    for (let i = 0; i < count; i++) this.emit('deposited', PAYLOAD);
  }
}

/** As in its example without a container: https://github.com/snatalenko/node-cqrs/tree/master/examples */
export async function run(parameters: Parameters): Promise<Outcome> {
  return updateStreams(parameters, () => {
    const eventStore = new EventStore({ storage: new InMemoryEventStorage() });
    const bus = new CommandBus();
    new AggregateCommandHandler({ eventStore, aggregateType: Account }).subscribe(bus);
    return {
      seed: (id, count) => bus.send('depositOften', id, { payload: count }),
      update: (id) => bus.send('deposit', id, { payload: PAYLOAD }),
      balance: async (id) => {
        const events = await eventStore.getAggregateEvents(id);
        return events.reduce((sum, { payload }) => sum + (payload as Payload).amount, 0);
      },
    };
  });
}
