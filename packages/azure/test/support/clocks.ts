import { systemClock, type Clock } from '@ndomain/core';

export const HOUR_MS = 3_600_000;

/** The machine's clock, whose time of day somebody sets: time passes as it does. */
export class SetClock implements Clock {
  #offMs: number;

  constructor(offMs = 0) {
    this.#offMs = offMs;
  }

  /** Sets it forward, or back with a negative number. */
  step(ms: number): void {
    this.#offMs += ms;
  }

  now(): number {
    return systemClock.now() + this.#offMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  schedule(...timer: Parameters<Clock['schedule']>): ReturnType<Clock['schedule']> {
    return systemClock.schedule(...timer);
  }
}
