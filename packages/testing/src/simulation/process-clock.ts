import type { Clock, Timer } from '@ndomain/core';

const NO_TIMER: Timer = { cancel: () => undefined };

/** The clock of one process: its timers stand still while the process does, and end with it. */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #missed: (() => void)[] | undefined;
  #hasEnded = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size + (this.#missed?.length ?? 0);
  }

  schedule(delayMs: number, callback: () => void): Timer {
    if (this.#hasEnded) return NO_TIMER;
    let isCancelled = false;
    const fire = (): void => {
      this.#timers.delete(timer);
      if (this.#missed === undefined) callback();
      else this.#missed.push(() => void (isCancelled || callback()));
    };
    const timer = this.#clock.schedule(delayMs, fire);
    this.#timers.add(timer);
    return {
      cancel: () => {
        isCancelled = true;
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  /** No timer fires any more. */
  pause(): void {
    this.#missed ??= [];
  }

  /** What fell due meanwhile fires now. */
  resume(): void {
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const callback of missed) this.schedule(0, callback);
  }

  /** No timer ever fires again. */
  end(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#missed = undefined;
    this.#hasEnded = true;
  }
}
