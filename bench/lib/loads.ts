import { numberOf } from './parameters.ts';
import { PAYLOAD } from './payload.ts';
import { rate } from './rate.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** What a side has to be able to do. */
export interface Loader {
  /** Puts so many events into a new stream. */
  fill(stream: number, count: number): Promise<unknown> | void;
  /** The sum of the amounts in all events of a stream. */
  load(stream: number): Promise<number> | number;
}

/** A prime, so that streams are not loaded in the order in which they were written. */
const STRIDE = 389;

/** Loads whole streams, one after the other, all over the file. */
export async function measureLoads(parameters: Parameters, loader: Loader): Promise<Outcome> {
  const streams = numberOf(parameters, 'streams');
  const perStream = numberOf(parameters, 'perStream');
  const loads = numberOf(parameters, 'loads');
  for (let stream = 0; stream < streams; stream++) await loader.fill(stream, perStream);
  let sum = 0;
  let loaded = 0;
  const value = await rate(
    async () => {
      for (let i = 0; i < loads; i++) sum += await loader.load((loaded++ * STRIDE) % streams);
      return loads * perStream;
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: { 'sum of the amounts': [sum, loaded * perStream * PAYLOAD.amount] } };
}
