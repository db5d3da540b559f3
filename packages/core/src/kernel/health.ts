import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';

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

/**
 * Keeps the health of one part, which may do several things at once: it is failing while one of them fails, and healthy once all that
 * it waited for have begun to work.
 */
export class HealthKeeper {
  readonly #part: string;
  readonly #clock: Clock;
  readonly #awaited = new Set<string>();
  readonly #failing = new Set<string>();
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

  /** A thing is begun, and works or fails from some later moment on. */
  begin(thing: string): void {
    if (this.#state === 'stopped') this.#become('starting');
    this.#awaited.add(thing);
  }

  works(thing: string): void {
    if (this.#state === 'healthy' && this.#failing.size === 0 && this.#awaited.size === 0) return;
    this.#failing.delete(thing);
    this.#awaited.delete(thing);
    this.#judge();
  }

  fails(thing: string, error: unknown): void {
    this.#lastError = { message: messageOf(error), at: new Date(this.#clock.now()) };
    this.#failing.add(thing);
    this.#judge();
  }

  /** A thing is not done any more. */
  end(thing: string): void {
    this.works(thing);
  }

  stopped(): void {
    this.#awaited.clear();
    this.#failing.clear();
    this.#become('stopped');
  }

  #judge(): void {
    if (this.#state === 'stopped') return;
    // What is begun while the others work does not take the part back to its start.
    const calm: HealthState = this.#awaited.size > 0 && this.#state !== 'healthy' ? 'starting' : 'healthy';
    this.#become(this.#failing.size > 0 ? 'failing' : calm);
  }

  #become(state: HealthState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#since = this.#clock.now();
  }
}
