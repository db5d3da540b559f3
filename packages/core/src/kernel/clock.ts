/**
 * Time, so that tests can move it. Every wait of the library goes through a clock. It tells two times: the time of day, which
 * administrators and time servers set forward and back, and the time that has passed, which nobody can set. What is
 * waited for a while is measured by the second; moments that are stored or sent are of the first.
 */
export interface Clock {
  /** The time of day: milliseconds since the Unix epoch. It may be set forward or back at any time. */
  now(): number;

  /** Milliseconds that have passed since some moment in the past. It never goes back, and no setting of the clock moves it. */
  monotonic(): number;

  /**
   * Calls `callback` once, not before `delayMs` milliseconds have passed by {@link monotonic}. A *background* timer does not
   * keep the process alive.
   */
  schedule(delayMs: number, callback: () => void, options?: TimerOptions): Timer;
}

export interface TimerOptions {
  readonly background?: boolean;
}

export interface Timer {
  cancel(): void;
}

/** Node's timers fire at once when the delay does not fit into 31 bits: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

class SystemTimer implements Timer {
  readonly #dueAt: number;
  readonly #callback: () => void;
  readonly #background: boolean;
  #timeout: NodeJS.Timeout | undefined;

  constructor(delayMs: number, callback: () => void, background: boolean) {
    this.#dueAt = performance.now() + delayMs;
    this.#callback = callback;
    this.#background = background;
    this.#arm(delayMs);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }

  #arm(delayMs: number): void {
    this.#timeout = setTimeout(this.#fire, Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS));
    if (this.#background) this.#timeout.unref();
  }

  // Timers may fire a millisecond early, and a long delay takes several hops: what counts is the clock.
  readonly #fire = (): void => {
    const left = this.#dueAt - performance.now();
    if (left > 0) this.#arm(left);
    else this.#callback();
  };
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (delayMs, callback, options) => new SystemTimer(delayMs, callback, options?.background ?? false),
};

/**
 * The longest time, in milliseconds, for which a moment is waited for without a look at the time of day: it may have been set, and a machine
 * that was suspended has timers that stood still.
 */
export const LONGEST_UNSEEN_MS = 30_000;

/**
 * Calls `callback` once when the time of day has reached `moment` (milliseconds since the epoch). When the clock is set meanwhile, in
 * whatever direction, or the machine was suspended, it is called within 30 seconds after the moment.
 */
export function scheduleAt(clock: Clock, moment: number, callback: () => void, options?: TimerOptions): Timer {
  let timer: Timer | undefined;
  const look = (): void => {
    const leftMs = moment - clock.now();
    if (leftMs > 0) timer = clock.schedule(Math.min(leftMs, LONGEST_UNSEEN_MS), look, options);
    else callback();
  };
  timer = clock.schedule(Math.min(Math.max(moment - clock.now(), 0), LONGEST_UNSEEN_MS), look, options);
  return { cancel: () => timer?.cancel() };
}

/** Resolves after `delayMs`, or at once when the signal is aborted. Never rejects: the caller looks at its signal. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.schedule(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** The same clock, with timers that do not keep the process alive. */
export function backgroundClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    schedule: (delayMs, callback) => clock.schedule(delayMs, callback, { background: true }),
  };
}
