import { setTimeout } from 'node:timers/promises';

/** How long a program idles before its memory is looked at, in milliseconds. */
const IDLE_MS = 300;

/** Prints what {@link measureStartup} reads, once the program idles. */
export async function report(ms, handled) {
  await setTimeout(IDLE_MS);
  process.stdout.write(JSON.stringify({ ms, handled, rss: process.memoryUsage.rss() }));
}
