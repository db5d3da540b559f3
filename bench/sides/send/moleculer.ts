import { ServiceBroker, type Context } from 'moleculer';
import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

/** Local calls as in its own benchmark: https://github.com/moleculerjs/moleculer/blob/master/benchmark/suites/common.js */
export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const sums = new Sums();
  const broker = new ServiceBroker({ logger: false });
  broker.createService({
    name: 'accounts',
    actions: {
      async deposit({ params }: Context<Payload>): Promise<void> {
        sums.add(params.amount);
      },
    },
  });
  await broker.start();
  const value = await rate(
    () => {
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        () => broker.call('accounts.deposit', PAYLOAD),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  await broker.stop();
  return { values: { '': value }, proof: sums.proof };
}
