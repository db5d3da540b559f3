import type { Clock } from '@ndomain/core';

/**
 * Until when a lease is surely ours: to be made before the request is sent that leases, because the service counts from later on. Both times
 * of the clock have to agree. The one that passes stands still while a machine is suspended; the time of day goes on then, but may be set
 * back. A time of day that is set forward makes a lease unsure that is ours: what is unsure is done again, and has its effect once (G3).
 */
export class Certainty {
  readonly #clock: Clock;
  readonly #until: number;
  readonly #untilByDay: number;

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.#until = clock.monotonic() + leaseMs;
    this.#untilByDay = clock.now() + leaseMs;
  }

  get isOurs(): boolean {
    return this.#clock.monotonic() < this.#until && this.#clock.now() < this.#untilByDay;
  }
}
