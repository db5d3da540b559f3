/**
 * Until when a lease is surely ours: to be made before the request is sent that leases, because the service counts from later on. Both
 * clocks of the process have to agree: one stands still while a machine sleeps, and the other may be set.
 */
export class Certainty {
  readonly #until: number;
  readonly #wallUntil: number;

  constructor(leaseMs: number) {
    this.#until = performance.now() + leaseMs;
    this.#wallUntil = Date.now() + leaseMs;
  }

  get isOurs(): boolean {
    return performance.now() < this.#until && Date.now() < this.#wallUntil;
  }
}
