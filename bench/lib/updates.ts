import { numberOf } from './parameters.ts';
import { PAYLOAD } from './payload.ts';
import { rate } from './rate.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** What a side has to be able to do with streams of its own; each round begins with an empty store. */
export interface StreamsOfPeer {
  /** Puts so many events into a new stream, in one go where that is possible. */
  seed(id: string, count: number): Promise<unknown>;
  /** Loads the stream, decides, appends one event. */
  update(id: string): Promise<unknown>;
  /** The balance, from the events as stored. */
  balance(id: string): Promise<number>;
}

/** Updates streams side by side: each grows from `seed` events by `updates`, one event an update. */
export async function updateStreams(
  parameters: Parameters,
  open: () => Promise<StreamsOfPeer> | StreamsOfPeer,
): Promise<Outcome> {
  const streams = numberOf(parameters, 'streams');
  const seed = numberOf(parameters, 'seed');
  const updates = numberOf(parameters, 'updates');
  const callers = numberOf(parameters, 'callers');
  const ids = Array.from({ length: streams }, (_, i) => `account-${i}`);
  // No two callers share a stream, so nobody has to try again.
  const ofCaller = Array.from({ length: callers }, (_, caller) => ids.filter((_, i) => i % callers === caller));
  const updateOwn = async (store: StreamsOfPeer, caller: number): Promise<void> => {
    for (let i = 0; i < updates; i++) for (const id of ofCaller[caller] ?? []) await store.update(id);
  };
  let store: StreamsOfPeer | undefined;
  const opened = (): StreamsOfPeer => {
    if (store === undefined) throw new Error('a round began without a store');
    return store;
  };
  const value = await rate(
    async () => {
      await Promise.all(Array.from({ length: callers }, (_, caller) => updateOwn(opened(), caller)));
      return streams * updates;
    },
    numberOf(parameters, 'forMs'),
    async () => {
      store = await open();
      if (seed > 0) for (const id of ids) await opened().seed(id, seed);
    },
  );
  let balance = 0;
  for (const id of ids) balance += await opened().balance(id);
  const expected = streams * (seed + updates) * PAYLOAD.amount;
  return { values: { '': value }, proof: { 'sum of the balances': [balance, expected] } };
}
