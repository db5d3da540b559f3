import { setImmediate as turn } from 'node:timers/promises';
import { withCallers } from './flow.ts';
import { Monitor } from './monitor.ts';
import { numberOf } from './parameters.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** What a side has to be able to do. */
export interface CountedSide {
  send(): Promise<unknown>;
  handled(): number;
  /** How many are left, waiting or in hand. */
  left(): Promise<number>;
}

/** Counts what the server is asked to do while messages are sent and handled. */
export async function countOperations(parameters: Parameters, url: string, side: CountedSide): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const monitor = await Monitor.start(url);
  const before = await monitor.counts();
  await withCallers(50, count, () => side.send());
  while (side.handled() < count) await turn();
  const after = await monitor.counts();
  monitor.close();
  return {
    values: {
      'sent by clients': (after.byClients - before.byClients) / count,
      'called by scripts': (after.byScripts - before.byScripts) / count,
    },
    proof: { 'messages handled': [side.handled(), count], 'messages left': [await side.left(), 0] },
  };
}
