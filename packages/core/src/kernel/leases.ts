import { systemClock, type Clock } from './clock.ts';

/**
 * The seam for exclusive rights that end by themselves: which process holds a partition, which one runs a recovery. Times are
 * the backend's, not the caller's, where several machines are involved.
 *
 * A lease is *fenced*: each grant of a name has a higher `fence` than all before, so what an earlier holder does late can be told
 * from what the present one does.
 */
export interface Leases {
  /** What the leases are kept in: a transport that names the same `storage` checks the fences of partitions itself. */
  readonly storage?: object | undefined;

  /**
   * Takes a lease, if nobody holds it or the one who did let it run out. Of n who try at once exactly one gets it; the holder
   * itself gets nothing either: it renews.
   */
  acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined>;

  /** Keeps a lease for another `durationMs`. False when it is no longer this one. */
  renew(lease: Lease, durationMs: number): Promise<boolean>;

  /** Gives a lease up before it runs out. Does nothing when it is no longer this one. */
  release(lease: Lease): Promise<void>;

  /** The leases that are held now and whose names begin with `prefix`, in order of their names. */
  list(prefix: string): Promise<readonly Lease[]>;
}

export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Rises with each grant of the name. */
  readonly fence: number;
  /** True when the holder before let it run out instead of giving it up: it may be dead, or slow and still at work. */
  readonly wasAbandoned: boolean;
}

interface Held {
  readonly lease: Lease;
  readonly until: number;
}

/** Leases in memory: the default. Contexts that share it are as processes that share a server. */
export class LocalLeases implements Leases {
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();
  #lastFence = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    const now = this.#clock.monotonic();
    const held = this.#held.get(name);
    if (held !== undefined && held.until > now) return undefined;
    const lease: Lease = { name, owner, fence: ++this.#lastFence, wasAbandoned: held !== undefined };
    this.#held.set(name, { lease, until: now + durationMs });
    return lease;
  }

  async renew(lease: Lease, durationMs: number): Promise<boolean> {
    const now = this.#clock.monotonic();
    const held = this.#held.get(lease.name);
    if (held === undefined || held.lease.fence !== lease.fence || held.until <= now) return false;
    this.#held.set(lease.name, { lease: held.lease, until: now + durationMs });
    return true;
  }

  async release(lease: Lease): Promise<void> {
    if (this.#held.get(lease.name)?.lease.fence === lease.fence) this.#held.delete(lease.name);
  }

  async list(prefix: string): Promise<readonly Lease[]> {
    const now = this.#clock.monotonic();
    return [...this.#held.values()]
      .filter(({ lease, until }) => until > now && lease.name.startsWith(prefix))
      .map(({ lease }) => lease)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
