import type { Clock } from './clock.ts';

export type HealthState = 'starting' | 'healthy' | 'failing' | 'stopped';

/** How one part of the whole is. */
export interface PartHealth {
  /** Such as `endpoint sales` or `recovery`. */
  readonly part: string;
  readonly state: HealthState;
  /** Since when it is in this state. */
  readonly since: Date;
  /** The last thing that went wrong, also when it is over. */
  readonly lastError?: { readonly message: string; readonly at: Date } | undefined;
}

/** Keeps the health of one part: whoever does its work says how it went. */
export class HealthKeeper {
  readonly #part: string;
  readonly #clock: Clock;
  #state: HealthState = 'starting';
  #since: number;
  #lastError: PartHealth['lastError'];

  constructor(part: string, clock: Clock) {
    this.#part = part;
    this.#clock = clock;
    this.#since = clock.now();
  }

  get health(): PartHealth {
    return { part: this.#part, state: this.#state, since: new Date(this.#since), lastError: this.#lastError };
  }

  healthy(): void {
    if (this.#state !== 'healthy') this.#become('healthy');
  }

  failing(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#lastError = { message, at: new Date(this.#clock.now()) };
    if (this.#state !== 'failing') this.#become('failing');
  }

  stopped(): void {
    this.#become('stopped');
  }

  #become(state: HealthState): void {
    this.#state = state;
    this.#since = this.#clock.now();
  }
}
