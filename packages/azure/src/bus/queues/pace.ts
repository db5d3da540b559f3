/** The shortest pause between two looks, in milliseconds. */
const SHORTEST_MS = 100;
/** The longest: four looks a minute. */
const LONGEST_MS = 15_000;
/** A pause is this part of the time for which nothing came: what comes next waits 5% of the time that nobody sent anything. */
const PART = 1 / 20;

/**
 * How often to look where nothing is. Whoever was idle for ten seconds looks every half second, after five minutes four times a minute:
 * 5,760 requests a day, and some 120 on the way there. As soon as something comes the next look follows at once.
 */
export class Pace {
  #busyAt: number;

  /** All moments are of monotonic time. */
  constructor(now: number) {
    this.#busyAt = now;
  }

  /** Something came. */
  busy(now: number): void {
    this.#busyAt = now;
  }

  /** For how long to wait before the next look, in milliseconds. */
  pauseMs(now: number): number {
    return Math.min(Math.max((now - this.#busyAt) * PART, SHORTEST_MS), LONGEST_MS);
  }
}
