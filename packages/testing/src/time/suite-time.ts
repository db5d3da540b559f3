import { setTimeout as wait } from 'node:timers/promises';
import type { VirtualClock } from './virtual-clock.ts';

/** How the cases of a contract suite let time pass. */
export interface SuiteTime {
  /** The backend's time, in milliseconds since the epoch, as near as the test can know it. */
  readonly now: () => number;
  /** Returns when so many milliseconds have passed for the backend. */
  readonly advance: (ms: number) => Promise<void>;
  /** How far the backend's clock and ours may be apart, in milliseconds. */
  readonly toleranceMs: number;
}

/** For what runs on a virtual clock: time passes at once, and exactly. */
export function virtualTime(clock: VirtualClock): SuiteTime {
  return { now: () => clock.now(), advance: (ms) => clock.advance(ms), toleranceMs: 0 };
}

/** For real servers: time passes as it does. */
export function realTime({ toleranceMs = 50 }: { readonly toleranceMs?: number } = {}): SuiteTime {
  return {
    now: () => Date.now(),
    async advance(ms) {
      const end = Date.now() + ms;
      for (let left = ms; left > 0; left = end - Date.now()) await wait(left);
    },
    toleranceMs,
  };
}
