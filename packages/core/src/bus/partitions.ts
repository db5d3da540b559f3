import { backgroundClock, sleep, type Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { HealthKeeper } from '../kernel/health.ts';
import { newId } from '../kernel/ids.ts';
import type { Lease, Leases } from '../kernel/leases.ts';
import type { Logger } from '../kernel/logger.ts';
import { runOutsideHandling } from '../kernel/message-context.ts';
import { LEASE_MARGIN_MS } from './worker-options.ts';

export interface PartitionOptions {
  readonly endpoint: string;
  readonly partitions: number;
  readonly partitionLeaseMs: number;
  /** How long a message that a dead process had in hand stays invisible. */
  readonly leaseMs: number;
}

/** Works on one partition. */
export interface PartitionWorker {
  /** True when a message may still be leased to it after its stop. */
  readonly mayHaveLeftSome: boolean;
  start(): void;
  /** Lets what runs finish, for so long; without a number, for as long as it is used to. */
  stop(patienceMs?: number): Promise<void>;
}

/** Makes the worker of a partition that was granted by `lease`. `isOurs` is false once it may have run out. */
type MakeWorker = (partition: number, lease: Lease, isOurs: () => boolean) => PartitionWorker;

/** What the health of an endpoint calls the agreement with other processes. */
const PARTITIONS = 'partitions';

interface Held {
  readonly lease: Lease;
  /** Undefined while what the holder before left behind is waited for. */
  worker: PartitionWorker | undefined;
  readonly startAt: number;
  /** Up to when the lease is surely ours, by this process's monotonic time. */
  until: number;
  /** Set while the worker finishes, before the partition is given up. */
  leaving?: Promise<void>;
}

/**
 * Holds this process's share of the partitions of an ordered endpoint (G5), each under a fenced lease, and runs a worker on each.
 * Every process announces itself by a lease too; each round, it counts who is there, gives up what is more than its share, and
 * takes what is free up to its share.
 *
 * A partition whose holder did not give it up is worked on only after `leaseMs` more: by then the messages that the holder had
 * in hand have come back, in front of those behind them.
 */
export class Partitions {
  readonly #owner = newId();
  readonly #options: PartitionOptions;
  readonly #leases: Leases;
  readonly #makeWorker: MakeWorker;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #health: HealthKeeper;
  readonly #held = new Map<number, Held>();
  readonly #stop = new AbortController();
  #isLeaving = false;
  #membership: Lease | undefined;
  #rounds: Promise<void> | undefined;

  constructor(
    options: PartitionOptions,
    leases: Leases,
    makeWorker: MakeWorker,
    services: { readonly clock: Clock; readonly logger: Logger; readonly health: HealthKeeper },
  ) {
    this.#options = options;
    this.#leases = leases;
    this.#makeWorker = makeWorker;
    this.#clock = services.clock;
    this.#logger = services.logger;
    this.#health = services.health;
  }

  /** The partitions that this process works on. */
  get held(): readonly number[] {
    return [...this.#held.keys()];
  }

  start(): void {
    this.#health.begin(PARTITIONS);
    this.#rounds ??= runOutsideHandling(() => this.#run());
  }

  async stop(): Promise<void> {
    this.#isLeaving = true;
    // The rounds go on meanwhile: what still runs must stay ours.
    await Promise.all(this.held.map((partition) => this.#giveUp(partition)));
    this.#stop.abort();
    await this.#rounds;
    // What the last round had just taken.
    await Promise.all(this.held.map((partition) => this.#giveUp(partition)));
    if (this.#membership !== undefined) await this.#leases.release(this.#membership);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#round();
        this.#health.works(PARTITIONS);
      } catch (error) {
        this.#health.fails(PARTITIONS, error);
        const { endpoint } = this.#options;
        this.#logger.error({ err: error, endpoint }, `the partitions could not be looked after: ${messageOf(error)}`);
        await this.#dropExpired();
      }
      await sleep(backgroundClock(this.#clock), this.#pause(), signal);
    }
  }

  /** Three rounds per lease; sooner when a worker waits for its start. */
  #pause(): number {
    const now = this.#clock.monotonic();
    const waiting = [...this.#held.values()].filter(({ worker }) => worker === undefined);
    const soonest = Math.min(...waiting.map(({ startAt }) => startAt - now));
    return Math.max(10, Math.min(this.#options.partitionLeaseMs / 3, soonest));
  }

  async #round(): Promise<void> {
    // All in one moment, so that a backend can take them in one round trip.
    await Promise.all([this.#announce(), this.#renewAll()]);
    if (this.#isLeaving) return;
    const members = await this.#leases.list(this.#memberName(''));
    const share = Math.ceil(this.#options.partitions / Math.max(1, members.length));
    const staying = [...this.#held].filter(([, { leaving }]) => leaving === undefined);
    // Not awaited: a handler may take long, and the other partitions have to be renewed meanwhile.
    for (const [partition] of staying.slice(share)) void this.#giveUp(partition);
    if (staying.length < share) await this.#takeFree(share - staying.length);
    this.#startDue();
  }

  async #announce(): Promise<void> {
    const { partitionLeaseMs } = this.#options;
    if (this.#membership !== undefined && (await this.#leases.renew(this.#membership, partitionLeaseMs))) return;
    this.#membership = await this.#leases.acquire(this.#memberName(this.#owner), this.#owner, partitionLeaseMs);
  }

  async #renewAll(): Promise<void> {
    const { partitionLeaseMs } = this.#options;
    await Promise.all(
      [...this.#held].map(async ([partition, held]) => {
        const now = this.#clock.monotonic();
        if (await this.#leases.renew(held.lease, partitionLeaseMs)) held.until = now + partitionLeaseMs;
        else await this.#drop(partition);
      }),
    );
  }

  async #takeFree(count: number): Promise<void> {
    const { partitions, partitionLeaseMs, leaseMs } = this.#options;
    let left = count;
    const taken = new Set((await this.#leases.list(this.#partitionName(''))).map(({ name }) => name));
    for (let partition = 0; partition < partitions && left > 0; partition++) {
      const name = this.#partitionName(partition);
      // One that we hold may have run out while its renewal was answered: the next round finds that it is lost.
      if (taken.has(name) || this.#held.has(partition)) continue;
      const now = this.#clock.monotonic();
      const lease = await this.#leases.acquire(name, this.#owner, partitionLeaseMs);
      if (lease === undefined) continue;
      left--;
      const startAt = lease.wasAbandoned ? this.#clock.monotonic() + leaseMs + LEASE_MARGIN_MS : 0;
      this.#held.set(partition, { lease, worker: undefined, startAt, until: now + partitionLeaseMs });
    }
  }

  #startDue(): void {
    const now = this.#clock.monotonic();
    for (const [partition, held] of this.#held) {
      if (held.worker !== undefined || held.leaving !== undefined || held.startAt > now || this.#isLeaving) continue;
      held.worker = this.#makeWorker(partition, held.lease, () => held.until > this.#clock.monotonic());
      held.worker.start();
    }
  }

  /** Lets the worker finish first: nobody else may begin before. */
  async #giveUp(partition: number): Promise<void> {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    held.leaving ??= this.#leave(partition, held);
    await held.leaving;
  }

  async #leave(partition: number, held: Held): Promise<void> {
    try {
      await held.worker?.stop();
      // Where something was left behind, by us or by the holder before, whoever comes next has to wait for it as after a crash.
      const isSettled =
        held.worker === undefined ? held.startAt <= this.#clock.monotonic() : !held.worker.mayHaveLeftSome;
      if (isSettled) await this.#leases.release(held.lease);
    } catch (error) {
      // It runs out by itself.
      this.#logger.warn({ err: error, partition }, `a partition could not be given up: ${messageOf(error)}`);
    }
    if (this.#held.get(partition) === held) this.#held.delete(partition);
  }

  /**
   * The lease is no longer ours: somebody else will begin, `leaseMs` after taking it. All that is in hand goes back now, together,
   * so that it is there in order by then.
   */
  async #drop(partition: number): Promise<void> {
    const held = this.#held.get(partition);
    this.#held.delete(partition);
    const { endpoint } = this.#options;
    this.#logger.warn({ endpoint, partition }, 'a partition was lost to another process');
    try {
      await held?.worker?.stop(0);
    } catch (error) {
      // What it could not give back comes back by itself. The rounds go on.
      this.#logger.warn({ err: error, endpoint, partition }, `its worker stopped in part: ${messageOf(error)}`);
    }
  }

  /** While the leases cannot be reached, what is not surely ours is no longer worked on. */
  async #dropExpired(): Promise<void> {
    const now = this.#clock.monotonic();
    const expired = [...this.#held].filter(([, { until }]) => until <= now);
    await Promise.all(expired.map(([partition]) => this.#drop(partition)));
  }

  #memberName(owner: string): string {
    return `member/${this.#options.endpoint}/${owner}`;
  }

  #partitionName(partition: number | ''): string {
    const padded = partition === '' ? '' : String(partition).padStart(4, '0');
    return `partition/${this.#options.endpoint}/${padded}`;
  }
}
