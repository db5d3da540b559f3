import { setImmediate as turn } from 'node:timers/promises';

/** How many messages may be on their way at a time, so that a sender does not run away from its handlers. */
export const MOST_UNFINISHED = 1_000;
/** How many are sent together. */
const BATCH = 100;

/** Sends `count` messages, a hundred at a time, while at most a thousand are on their way, and resolves when all are through. */
export async function sendAll(
  count: number,
  handled: () => number,
  send: (index: number) => Promise<unknown>,
): Promise<number> {
  for (let sent = 0; sent < count; sent += BATCH) {
    while (sent - handled() > MOST_UNFINISHED) await turn();
    await Promise.all(Array.from({ length: BATCH }, (_, i) => send(sent + i)));
  }
  while (handled() < count) await turn();
  return count;
}

/** Runs `count` pieces of work, so many at a time as there are callers. Each caller goes on when its own is done. */
export async function withCallers(
  callers: number,
  count: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
