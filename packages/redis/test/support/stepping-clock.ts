import { systemClock, type Clock } from '@ndomain/core';

/** The clock of a machine whose time of day somebody sets. */
export class SteppingClock implements Clock {
  #ahead: number;

  /** `ahead`: how far it is off from the start, in milliseconds. */
  constructor(ahead = 0) {
    this.#ahead = ahead;
  }

  /** Sets the time of day forward, or back with a negative number. */
  step(ms: number): void {
    this.#ahead += ms;
  }

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  schedule(...timer: Parameters<Clock['schedule']>): ReturnType<Clock['schedule']> {
    return systemClock.schedule(...timer);
  }
}
