import process from 'node:process';

/** What a round did, in the unit that is counted. */
export type Round = () => Promise<number> | number;

/** What the just-in-time compiler needs at most to be through with the code of a round, in milliseconds of the processor's time. */
const WARM_UP_MS = 700;

/**
 * How much is done in a second: rounds are run until `forMs` have passed, after a warm-up. `between` prepares the next round, and its time
 * does not count.
 */
export async function rate(
  round: Round,
  forMs: number,
  between: () => Promise<void> | void = () => {},
): Promise<number> {
  // In the processor's time, because others may be using it.
  const warmAt = process.cpuUsage().user / 1_000 + Math.min(WARM_UP_MS, forMs);
  while (process.cpuUsage().user / 1_000 < warmAt) {
    await between();
    await round();
  }
  let count = 0;
  let tookMs = 0;
  while (tookMs < forMs) {
    await between();
    const start = performance.now();
    count += await round();
    tookMs += performance.now() - start;
  }
  return (count * 1_000) / tookMs;
}
