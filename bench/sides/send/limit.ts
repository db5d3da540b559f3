import { BareQueue } from '../../lib/bare-queue.ts';
import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const sums = new Sums();
  const queue = new BareQueue<Payload>(50, async ({ amount }) => sums.add(amount));
  const value = await rate(
    () => {
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        () => queue.send(PAYLOAD),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: sums.proof };
}
