/* oxlint-disable no-console */
/*
 * How much a poison message at the head of an ordered endpoint delays other keys: `node measure/poison.ts`. A message that fails
 * for ever, with the default retries, is sent first; then messages of other keys, a few at a time; each says how long it took
 * from being sent to being handled.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { DomainContext, silentLogger } from '@ndomain/core';

type Work = { Work: { sentAt: number; isPoison: boolean } };

const MESSAGES = 5_000;
const LIMIT_MS = 50;

async function latencies(withPoison: boolean): Promise<number[]> {
  const taken: number[] = [];
  const context = await DomainContext.configure()
    .logging((c) => c.logger(silentLogger))
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('work')
          .ordered()
          .commands<Work>()
          .handle('Work', ({ sentAt, isPoison }) => {
            if (isPoison) throw new Error('poison');
            taken.push(performance.now() - sentAt);
          }),
      ),
    )
    .start();
  const send = (key: string, isPoison: boolean): Promise<string> =>
    context.commands<Work>().send('Work', { sentAt: performance.now(), isPoison }, { key });
  if (withPoison) for (let i = 0; i < 10; i++) await send('poison', true);
  for (let sent = 0; sent < MESSAGES; sent += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, i) => send(`key${(sent + i) % 500}`, false)));
    await pause(1);
  }
  while (taken.length < MESSAGES) await pause(1);
  await context.stop();
  return taken.toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], part: number): number =>
  Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 1_000) / 1_000;

const figures = { without: await latencies(false), with: await latencies(true) };
const result = {
  messages: MESSAGES,
  withoutPoison: { p50: at(figures.without, 0.5), p99: at(figures.without, 0.99) },
  withPoison: { p50: at(figures.with, 0.5), p99: at(figures.with, 0.99) },
  limitMs: LIMIT_MS,
};
console.log(JSON.stringify(result));
if (result.withPoison.p99 >= LIMIT_MS) process.exitCode = 1;
