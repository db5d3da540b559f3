import { withCallers } from './flow.ts';
import { numberOf } from './parameters.ts';
import { rate } from './rate.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** What a side has to be able to do. */
export interface RedisSender {
  /** Resolves when so many messages are stored. */
  send(count: number): Promise<unknown>;
  /** How many wait, by the server's own count. */
  waiting(): Promise<number>;
}

/** Sends in batches, or singly, by so many callers at once. */
export async function measureSends(parameters: Parameters, sender: RedisSender): Promise<Outcome> {
  const batch = numberOf(parameters, 'batch');
  const callers = numberOf(parameters, 'callers');
  const count = numberOf(parameters, 'count');
  let sent = 0;
  const value = await rate(
    async () => {
      await withCallers(callers, count / batch, () => sender.send(batch));
      sent += count;
      return count;
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: { 'messages waiting': [await sender.waiting(), sent] } };
}
