import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerTask, Told } from './consumers.ts';
import type { Handle } from './redis-peers.ts';

/** How often a consumer that only counts tells its count, in milliseconds. */
const TELL_MS = 20;

/** The whole of a consumer's process: starts, tells its parent what it does, and stops when it is told to. */
export async function consume(
  start: (task: ConsumerTask, handle: Handle) => Promise<() => Promise<void>>,
): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '{}') as ConsumerTask;
  let handled = 0;
  const tell = (told: Partial<Told>): Promise<void> =>
    new Promise((resolve) => {
      if (process.send === undefined) resolve();
      else process.send({ handled: 0, begun: [], ended: [], ...told }, () => resolve());
    });
  const begin = once(process, 'message');
  await tell({ isReady: true });
  await begin;
  const stop = await start(task, async ({ accountId }) => {
    const index = Number(accountId);
    if (task.tellsEach) void tell({ begun: [index] });
    if (task.handlerMs > 0) await pause(task.handlerMs);
    if (task.tellsEach) void tell({ ended: [index] });
    handled++;
  });
  const tellCount = (): Promise<void> => {
    const count = handled;
    handled = 0;
    return tell({ handled: count });
  };
  const telling = setInterval(() => void tellCount(), TELL_MS);
  process.on('message', () => {
    void (async () => {
      await stop();
      clearInterval(telling);
      await tellCount();
      process.exit(0);
    })();
  });
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit(1));
}
