import type { Backend } from '@ndomain/core';
import type { BackendEntry } from './backend-entry.ts';
import { BACKENDS } from './backends.ts';
import type { LocalParts } from './local/local-parts.ts';

/** An event store with a transport. */
export interface Pair {
  readonly name: string;
  readonly eventStore: BackendEntry;
  readonly transport: BackendEntry;
}

export function allPairs(): readonly Pair[] {
  const eventStores = BACKENDS.filter(({ provides }) => provides.includes('eventStore'));
  const transports = BACKENDS.filter(({ provides }) => provides.includes('transport'));
  return eventStores.flatMap((eventStore) =>
    transports.map((transport) => ({ name: `${eventStore.name}x${transport.name}`, eventStore, transport })),
  );
}

/** Throws when there is no such pair. */
export function pairNamed(name: string): Pair {
  const pairs = allPairs();
  const pair = pairs.find((each) => each.name === name);
  if (pair !== undefined) return pair;
  throw new Error(`There is no pair "${name}". There are: ${pairs.map((each) => each.name).join(', ')}.`);
}

/** Where the stores of a pair are. */
export interface PairPlace {
  readonly eventStoreAt: string;
  readonly transportAt: string;
}

/** Makes the empty stores of a pair. */
export async function preparePair({ eventStore, transport }: Pair): Promise<PairPlace & AsyncDisposable> {
  const store = await eventStore.prepare();
  const queues = transport === eventStore ? store : await transport.prepare();
  return {
    eventStoreAt: store.where,
    transportAt: queues.where,
    async [Symbol.asyncDispose]() {
      if (queues !== store) await queues.cleanUp();
      await store.cleanUp();
    },
  };
}

/** One backend that has its events from one and its messages from the other; all else from whoever has it. */
export function openPair(pair: Pair, { eventStoreAt, transportAt }: PairPlace, local: LocalParts): Backend {
  const store = pair.eventStore.open(eventStoreAt, local);
  if (pair.transport === pair.eventStore) return store;
  const queues = pair.transport.open(transportAt, local);
  const { transport, subscriptions } = queues;
  return {
    ...queues,
    ...store,
    ...(transport === undefined ? {} : { transport }),
    ...(subscriptions === undefined ? {} : { subscriptions }),
    name: pair.name,
    async open(services) {
      await store.open?.(services);
      await queues.open?.(services);
    },
    async close() {
      await queues.close?.();
      await store.close?.();
    },
  };
}
