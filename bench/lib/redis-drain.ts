import { Consumer, type ConsumerTask } from './consumers.ts';
import { numberOf } from './parameters.ts';
import { serverFigure } from './redis-peers.ts';
import type { Outcome, Parameters } from './scenario.ts';

const CREWS = { 'one process': 1, 'two processes': 2, 'four processes': 4 } as const;
/** This share of a slice is handled before the time counts: processes have to connect and to warm up. */
const WARM_UP = 0.2;

/** What a side has to be able to do. */
export interface LongQueue {
  readonly url: string;
  /** Its module below `sides/consumers`. */
  readonly consumer: string;
  fill(count: number): Promise<unknown>;
  /** How many are left, waiting or in hand. */
  left(): Promise<number>;
}

/** Fills a queue, weighs it, and has more and more processes work on it. */
export async function measureDrain(parameters: Parameters, queue: LongQueue): Promise<Outcome> {
  const messages = numberOf(parameters, 'messages');
  const slice = numberOf(parameters, 'slice');
  const concurrency = numberOf(parameters, 'concurrency');
  const task = { url: queue.url, concurrency, leaseMs: 30_000, handlerMs: 0, tellsEach: false };
  const before = await serverFigure(queue.url, 'memory', 'used_memory');
  await queue.fill(messages);
  const after = await serverFigure(queue.url, 'memory', 'used_memory');
  const values: Record<string, number> = { 'memory of the server': (after - before) / messages };
  let handled = 0;
  for (const [name, size] of Object.entries(CREWS)) {
    const crew = await drainSlice(queue.consumer, task, size, slice);
    values[name] = crew.perSecond;
    handled += crew.handled;
  }
  return { values, proof: { 'handled and left': [handled + (await queue.left()), messages] } };
}

async function drainSlice(
  module: string,
  task: ConsumerTask,
  size: number,
  slice: number,
): Promise<{ perSecond: number; handled: number }> {
  const crew = await Consumer.startAll(size, module, task);
  const handled = (): number => crew.reduce((sum, consumer) => sum + consumer.handled, 0);
  const begun: { at?: number; count: number } = { count: 0 };
  const end = Promise.withResolvers<number>();
  for (const consumer of crew) {
    consumer.onTold = () => {
      const count = handled();
      if (begun.at === undefined && count >= slice * WARM_UP && crew.every((each) => each.handled > 0)) {
        begun.at = performance.now();
        begun.count = count;
      }
      if (begun.at === undefined || count - begun.count < slice * (1 - WARM_UP)) return;
      end.resolve(((count - begun.count) * 1_000) / (performance.now() - begun.at));
    };
  }
  const perSecond = await end.promise;
  await Promise.all(crew.map((consumer) => consumer.stop()));
  return { perSecond, handled: handled() };
}
