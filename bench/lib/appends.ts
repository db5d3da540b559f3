import { numberOf } from './parameters.ts';
import { rate } from './rate.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** How long a stream gets before its caller begins the next. */
const LENGTH = 100;

/** What a side has to be able to do. */
export interface Appender {
  append(streamId: string, version: number): unknown;
  /** How many events the file holds now, counted by what is stored. */
  stored(): Promise<number> | number;
}

/** Appends one event at a time, by so many callers at once; nobody shares a stream. */
export async function measureAppends(parameters: Parameters, appender: Appender): Promise<Outcome> {
  const callers = numberOf(parameters, 'callers');
  const each = numberOf(parameters, 'perRound') / callers;
  let round = 0;
  let appended = 0;
  const value = await rate(
    async () => {
      round++;
      await Promise.all(
        Array.from({ length: callers }, async (_, caller) => {
          for (let i = 0; i < each; i++) {
            await appender.append(`${round}-${caller}-${Math.floor(i / LENGTH)}`, i % LENGTH);
          }
        }),
      );
      appended += callers * each;
      return callers * each;
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: { 'events stored': [await appender.stored(), appended] } };
}
