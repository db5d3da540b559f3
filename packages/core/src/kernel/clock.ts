/** Time, so that tests can move it. Every wait of the library goes through a clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;

  /**
   * Calls `callback` once, not before `delayMs` milliseconds have passed. A *background* timer does not keep the process
   * alive.
   */
  schedule(delayMs: number, callback: () => void, options?: { readonly background?: boolean }): Timer;
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
    this.#dueAt = Date.now() + delayMs;
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
    const left = this.#dueAt - Date.now();
    if (left > 0) this.#arm(left);
    else this.#callback();
  };
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback, options) => new SystemTimer(delayMs, callback, options?.background ?? false),
};

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
    schedule: (delayMs, callback) => clock.schedule(delayMs, callback, { background: true }),
  };
}
