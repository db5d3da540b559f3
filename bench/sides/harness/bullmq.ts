import { RedisServer } from '@ndomain/testing/servers';
import { Queue, Worker } from 'bullmq';
import { numberOf, textOf } from '../../lib/parameters.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import { connectionOf } from '../../lib/redis-peers.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

const WARM_UP = 1_000;
const BULK = 100;

/** What https://github.com/taskforcesh/bullmq-bench measures: a thousand jobs to warm up, then the rate of the rest; nothing is removed. */
export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const queue = new Queue('bench', { connection: connectionOf(server.url) });
  await queue.waitUntilReady();
  const count = numberOf(parameters, 'count') + WARM_UP;
  const what = textOf(parameters, 'what');
  let start = 0;
  if (what === 'add') {
    for (let i = 0; i < count; i++) {
      if (i === WARM_UP) start = performance.now();
      await queue.add('test', PAYLOAD, {});
    }
  } else {
    const size = BULK;
    for (let i = 0; i < count; i += size) {
      if (i === WARM_UP) start = performance.now();
      await queue.addBulk(Array.from({ length: size }, () => ({ name: 'test', data: PAYLOAD, opts: {} })));
    }
  }
  if (what === 'worker') {
    const drained = Promise.withResolvers<void>();
    let handled = 0;
    const worker = new Worker(
      'bench',
      async () => {
        if (++handled === WARM_UP) start = performance.now();
        return {};
      },
      { connection: connectionOf(server.url) },
    );
    worker.once('drained', drained.resolve);
    await drained.promise;
  }
  const value = ((count - WARM_UP) * 1_000) / (performance.now() - start);
  const found = await queue.getJobCountByTypes(what === 'worker' ? 'completed' : 'waiting');
  return { values: { '': value }, proof: { jobs: [found, count] } };
}
