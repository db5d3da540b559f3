import type { Clock } from '@ndomain/core';

/** What an answer of the service tells about its clock: `Date` has whole seconds. */
const RESOLUTION_MS = 1_000;

interface Answer {
  readonly headers: { get(name: string): string | undefined };
}

/**
 * The service's time, from the dates of its answers: several processes must agree on when a lease is over, and their own clocks may differ.
 * Each answer says between which bounds the difference is; a clock of ours that is within them all is taken as it is.
 */
export class ServerClock {
  readonly #clock: Clock;
  /** The service's clock is ahead of ours by no less and no more than these, in milliseconds. */
  #atLeast = -Infinity;
  #atMost = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.fromOurs(this.#clock.now());
  }

  /** A moment of our clock, by the service's. */
  fromOurs(at: number): number {
    return at + this.#ahead;
  }

  /** A moment of the service's clock, by ours. */
  toOurs(at: number): number {
    return at - this.#ahead;
  }

  /** To be called when a request is sent; what it returns, when the answer is there. */
  asking(): (answer: Answer) => void {
    const sentAt = this.#clock.now();
    return ({ headers }) => {
      const date = Date.parse(headers.get('date') ?? '');
      if (!Number.isNaN(date)) this.#learn(date - this.#clock.now(), date + RESOLUTION_MS - sentAt);
    };
  }

  #learn(atLeast: number, atMost: number): void {
    this.#atLeast = Math.max(this.#atLeast, atLeast);
    this.#atMost = Math.min(this.#atMost, atMost);
    if (this.#atLeast <= this.#atMost) return;
    // One of the clocks was set, or has drifted away: what was learned before no longer holds.
    this.#atLeast = atLeast;
    this.#atMost = atMost;
  }

  get #ahead(): number {
    if (this.#atLeast <= 0 && this.#atMost >= 0) return 0;
    return (this.#atLeast + this.#atMost) / 2;
  }
}
