import { newId } from '@ndomain/core';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import { RawEvents } from '../../lib/raw-events.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

/** A loop: one row for each caller in each transaction. */
export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  using events = await RawEvents.create(folder.file('raw.db'));
  const callers = numberOf(parameters, 'callers');
  const transactions = numberOf(parameters, 'perRound') / callers;
  let inserted = 0;
  const value = await rate(
    () => {
      events.connection.exec('BEGIN IMMEDIATE');
      const streams = Array.from({ length: callers }, () => events.newStream(newId()));
      events.connection.exec('COMMIT');
      for (let i = 1; i <= transactions; i++) {
        events.connection.exec('BEGIN IMMEDIATE');
        for (const stream of streams) events.insert(stream, i, PAYLOAD, newId());
        events.connection.exec('COMMIT');
      }
      inserted += transactions * callers;
      return transactions * callers;
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: { 'events stored': [events.count, inserted] } };
}
