import { sleep, type Clock } from './clock.ts';

/** Pauses between attempts: they double from `firstMs` up to `longestMs`, and each is drawn from its upper half. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pause after the `attempt`-th failure (from 1). Jitter keeps those who failed together from meeting again. */
export function pauseAfter(
  attempt: number,
  { firstMs, longestMs }: Backoff,
  random: () => number = Math.random,
): number {
  const full = Math.min(firstMs * 2 ** (attempt - 1), longestMs);
  return full / 2 + (full / 2) * random();
}

/** Waits as {@link pauseAfter} says. */
export function backOff(clock: Clock, attempt: number, backoff: Backoff, signal?: AbortSignal): Promise<void> {
  return sleep(clock, pauseAfter(attempt, backoff), signal);
}
