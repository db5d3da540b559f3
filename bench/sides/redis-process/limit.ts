import { setImmediate as turn } from 'node:timers/promises';
import { RedisServer } from '@ndomain/testing/servers';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { bareRedis, QUEUE } from '../../lib/redis-peers.ts';
import { measureProcessing } from '../../lib/redis-processing.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

const BATCH = 200;

type Entries = readonly [stream: string, entries: readonly [id: string, fields: readonly string[]][]][];

/** A loop over a stream: read as many, handle them, acknowledge and delete them; one trip back and forth for the end of a batch and the next. */
export async function run(parameters: Parameters): Promise<Outcome> {
  await using server = await RedisServer.start();
  const client = bareRedis(server.url);
  await client.xgroup('CREATE', QUEUE, 'g', '0', 'MKSTREAM');
  const loops = { isStopped: false };
  let loop: Promise<void> = Promise.resolve();
  const outcome = await measureProcessing(parameters, {
    async fill(count) {
      for (let sent = 0; sent < count; sent += 1_000) {
        const pipeline = client.pipeline();
        for (let i = 0; i < Math.min(1_000, count - sent); i++) pipeline.xadd(QUEUE, '*', 'p', JSON.stringify(PAYLOAD));
        await pipeline.exec();
      }
    },
    start(concurrency, handle) {
      const count = concurrency === 1 ? 1 : BATCH;
      loop = (async () => {
        let done: string[] = [];
        while (!loops.isStopped || done.length > 0) {
          const pipeline = client.pipeline();
          if (done.length > 0) pipeline.xack(QUEUE, 'g', ...done).xdel(QUEUE, ...done);
          const answers = await pipeline.xreadgroup('GROUP', 'g', 'c', 'COUNT', count, 'STREAMS', QUEUE, '>').exec();
          const read = (answers?.at(-1)?.[1] ?? []) as Entries;
          const entries = read[0]?.[1] ?? [];
          await Promise.all(entries.map(([, fields]) => handle(JSON.parse(fields[1] ?? '') as Payload)));
          done = entries.map(([id]) => id);
          if (done.length === 0) await turn();
        }
      })();
    },
    async stop() {
      loops.isStopped = true;
      await loop;
      return client.xlen(QUEUE);
    },
  });
  client.disconnect();
  return outcome;
}
