import type { Lease, Leases } from '@ndomain/core';
import type { SimulatedProcess } from './simulated-process.ts';

/** The leases as one process reaches them. One that is lost is not renewed: it runs out, as the server sees it. */
export class SimulatedLeases implements Leases {
  readonly #leases: Leases;
  readonly #process: SimulatedProcess;

  constructor(leases: Leases, process: SimulatedProcess) {
    this.#leases = leases;
    this.#process = process;
  }

  acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    return this.#process.run('acquire', () => this.#leases.acquire(name, owner, durationMs));
  }

  renew(lease: Lease, durationMs: number): Promise<boolean> {
    const isLost = this.#process.strikes('leaseLoss');
    return this.#process.run(isLost ? 'renew [lost]' : 'renew', () =>
      isLost ? Promise.resolve(false) : this.#leases.renew(lease, durationMs),
    );
  }

  release(lease: Lease): Promise<void> {
    return this.#process.run('release', () => this.#leases.release(lease));
  }

  list(prefix: string): Promise<readonly Lease[]> {
    return this.#process.run('list', () => this.#leases.list(prefix));
  }
}
