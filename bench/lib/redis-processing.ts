import { numberOf } from './parameters.ts';
import { PAYLOAD } from './payload.ts';
import type { Handle } from './redis-peers.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** This share of the messages is handled before the time counts. */
const WARM_UP = 0.25;

/** What a side has to be able to do. */
export interface RedisProcessor {
  fill(count: number): Promise<unknown>;
  /** Begins to handle what waits, so many at once. */
  start(concurrency: number, handle: Handle): Promise<unknown> | void;
  /** Finishes what is begun; resolves with how many are left, waiting or in hand. */
  stop(): Promise<number>;
}

/** Handles all messages of a queue. */
export async function measureProcessing(parameters: Parameters, processor: RedisProcessor): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const warmUp = Math.floor(count * WARM_UP);
  await processor.fill(count);
  let handled = 0;
  let sum = 0;
  let start = 0;
  const all = Promise.withResolvers<void>();
  await processor.start(numberOf(parameters, 'concurrency'), async ({ amount }) => {
    sum += amount;
    if (++handled === warmUp) start = performance.now();
    if (handled === count) all.resolve();
  });
  await all.promise;
  const value = ((count - warmUp) * 1_000) / (performance.now() - start);
  const left = await processor.stop();
  return {
    values: { '': value },
    proof: {
      'messages handled': [handled, count],
      'sum of the amounts': [sum, count * PAYLOAD.amount],
      'messages left': [left, 0],
    },
  };
}
