import { EventStore, EventType, type Aggregate } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { updateStreams } from '../../lib/updates.ts';

interface AccountState extends Aggregate {
  readonly balance: number;
}

const deposited = new EventType<'DEPOSITED', Payload>({ type: 'DEPOSITED' });
interface Deposited {
  readonly aggregateId: string;
  readonly version: number;
  readonly payload: Payload;
}

/** Read, decide and push as a command does: https://castore-dev.github.io/castore/docs/event-sourcing/pushing-events/ */
export async function run(parameters: Parameters): Promise<Outcome> {
  return updateStreams(parameters, () => {
    const store = new EventStore({
      eventStoreId: 'ACCOUNTS',
      eventTypes: [deposited],
      eventStorageAdapter: new InMemoryEventStorageAdapter({}),
      reducer: (state: AccountState, { aggregateId, version, payload }: Deposited): AccountState => ({
        aggregateId,
        version,
        balance: (state?.balance ?? 0) + payload.amount,
      }),
    });
    const push = (aggregateId: string, version: number): Promise<unknown> =>
      store.pushEvent({ aggregateId, version, type: 'DEPOSITED', payload: PAYLOAD });
    return {
      async seed(id, count) {
        for (let version = 1; version <= count; version++) await push(id, version);
      },
      async update(id) {
        const { aggregate } = await store.getAggregate(id);
        await push(id, (aggregate?.version ?? 0) + 1);
      },
      balance: async (id) => (await store.getExistingAggregate(id)).aggregate.balance,
    };
  });
}
