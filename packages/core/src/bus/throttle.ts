import { checkInteger, checkMilliseconds } from '../kernel/options.ts';

export interface ThrottleOptions {
  /**
   * After so many failures without a success between them the endpoint slows down, at least 1.
   * @default 25
   */
  readonly afterFailures: number;
  /**
   * It then tries one message at a time, with this pause between them, in milliseconds, at least 0.
   * @default 1_000
   */
  readonly pauseMs: number;
}

export const THROTTLE_DEFAULTS: ThrottleOptions = { afterFailures: 25, pauseMs: 1_000 };

export function checkThrottleOptions(options: ThrottleOptions): void {
  checkInteger('throttle.afterFailures', options.afterFailures, 1);
  checkMilliseconds('throttle.pauseMs', options.pauseMs, 0);
}

/** Notices when everything fails, which is rarely the messages' fault: then trying them all only uses up their attempts. */
export class Throttle {
  readonly #options: ThrottleOptions;
  #failures = 0;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#failures >= this.#options.afterFailures;
  }

  get pauseMs(): number {
    return this.#options.pauseMs;
  }

  failed(): void {
    this.#failures++;
  }

  /** One success ends it. */
  succeeded(): void {
    this.#failures = 0;
  }
}
