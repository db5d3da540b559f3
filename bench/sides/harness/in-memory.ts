import { EventStore, EventType, type Aggregate } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { CommandHandler, getInMemoryEventStore, type Event } from '@event-driven-io/emmett';
import { ServiceBroker } from 'moleculer';
import { numberOf, textOf } from '../../lib/parameters.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

const STREAMS = 1_000;
const UPDATES = 5;

/** A peer as its documentation introduces it. Each round begins with `begin`, and does `count` things one after the other. */
interface Example {
  readonly count: number;
  begin(): void;
  one(index: number): Promise<unknown>;
}

type Added = Event<'ProductItemAdded', { productId: string; quantity: number }>;
interface Cart {
  readonly quantity: number;
}

/** https://event-driven-io.github.io/emmett/getting-started.html */
function emmett(): Example {
  const handle = CommandHandler<Cart, Added>({
    evolve: ({ quantity }, { data }) => ({ quantity: quantity + data.quantity }),
    initialState: () => ({ quantity: 0 }),
  });
  let store = getInMemoryEventStore();
  return {
    count: STREAMS * UPDATES,
    begin: () => void (store = getInMemoryEventStore()),
    one: (i) =>
      handle(store, `cart-${i % STREAMS}`, () => ({ type: 'ProductItemAdded', data: { productId: '1', quantity: 1 } })),
  };
}

interface Pokemon extends Aggregate {
  readonly level: number;
}

/** https://castore-dev.github.io/castore/docs/event-sourcing/pushing-events/ */
function castore(): Example {
  const open = () =>
    new EventStore({
      eventStoreId: 'POKEMONS',
      eventTypes: [new EventType<'POKEMON_LEVELED_UP'>({ type: 'POKEMON_LEVELED_UP' })],
      eventStorageAdapter: new InMemoryEventStorageAdapter({}),
      reducer: (state: Pokemon, { aggregateId, version }: { aggregateId: string; version: number }): Pokemon => ({
        aggregateId,
        version,
        level: (state?.level ?? 0) + 1,
      }),
    });
  let store = open();
  return {
    count: STREAMS * UPDATES,
    begin: () => void (store = open()),
    async one(i) {
      const aggregateId = `pokemon-${i % STREAMS}`;
      const { aggregate } = await store.getAggregate(aggregateId);
      await store.pushEvent({ aggregateId, version: (aggregate?.version ?? 0) + 1, type: 'POKEMON_LEVELED_UP' });
    },
  };
}

/** https://github.com/moleculerjs/moleculer/blob/master/benchmark/suites/common.js */
async function moleculer(): Promise<Example> {
  const broker = new ServiceBroker({ logger: false });
  broker.createService({ name: 'users', actions: { empty: () => [] } });
  await broker.start();
  const params = { id: 5, sort: 'name created', limit: 10 };
  return { count: 10_000, begin: () => undefined, one: () => broker.call('users.empty', params) };
}

const EXAMPLES: Readonly<Record<string, () => Example | Promise<Example>>> = { emmett, castore, moleculer };

export async function run(parameters: Parameters): Promise<Outcome> {
  const example = await EXAMPLES[textOf(parameters, 'who')]?.();
  if (example === undefined) throw new Error(`there is no example of ${textOf(parameters, 'who')}`);
  let asked = 0;
  let answered = 0;
  const value = await rate(
    async () => {
      for (let i = 0; i < example.count; i++) if ((await example.one(i)) !== null) answered++;
      asked += example.count;
      return example.count;
    },
    numberOf(parameters, 'forMs'),
    () => example.begin(),
  );
  return { values: { '': value }, proof: { 'calls answered': [answered, asked] } };
}
