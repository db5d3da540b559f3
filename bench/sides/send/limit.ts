import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

const CONCURRENCY = 50;

/** The least that a queue in memory can be: an array, a copy by JSON, and as many loops as there are handlers at once. */
export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const sums = new Sums();
  let queue: Payload[] = [];
  let next = 0;
  let running = 0;

  async function handle({ amount }: Payload): Promise<void> {
    sums.add(amount);
  }
  async function work(): Promise<void> {
    running++;
    for (let payload = queue[next++]; payload !== undefined; payload = queue[next++]) await handle(payload);
    next--;
    if (--running === 0 && next === queue.length) {
      queue = [];
      next = 0;
    }
  }
  async function send(payload: Payload): Promise<void> {
    queue.push(JSON.parse(JSON.stringify(payload)) as Payload);
    if (running < CONCURRENCY) void work();
  }

  const value = await rate(
    () => {
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        () => send(PAYLOAD),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  return { values: { '': value }, proof: sums.proof };
}
