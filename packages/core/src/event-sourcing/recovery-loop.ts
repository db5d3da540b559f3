import { backgroundClock, sleep, type Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import { HealthKeeper, type PartHealth } from '../kernel/health.ts';
import { newId } from '../kernel/ids.ts';
import type { Lease, Leases } from '../kernel/leases.ts';
import type { Logger } from '../kernel/logger.ts';
import { runOutsideHandling } from '../kernel/message-context.ts';
import { checkMilliseconds } from '../kernel/options.ts';
import type { EventStore } from './event-store.ts';

export interface RecoveryOptions {
  /**
   * How long an append may be uncommitted before it is taken for the work of a dead process, in milliseconds, at least 0.
   * Longer than an append followed by its publishing ever takes; too short only costs duplicates, which take effect once.
   * @default 30_000
   */
  readonly olderThanMs: number;
  /**
   * Pause between two looks, in milliseconds, at least 10.
   * @default 10_000
   */
  readonly everyMs: number;
}

export const RECOVERY_DEFAULTS: RecoveryOptions = { olderThanMs: 30_000, everyMs: 10_000 };

export function checkRecoveryOptions(options: RecoveryOptions): void {
  checkMilliseconds('recovery.olderThanMs', options.olderThanMs, 0);
  checkMilliseconds('recovery.everyMs', options.everyMs, 10);
}

const RECOVERY = 'recovery';
/** Appends looked at in one go. */
const PAGE_SIZE = 100;

/** The lease lasts for so many looks, so that a slow one does not lose it. */
const LEASE_ROUNDS = 3;

/** G1: finds appends whose publishing was cut off by a crash, and publishes them, also when the command never comes again. */
export class RecoveryLoop {
  readonly #eventStore: EventStore;
  readonly #options: RecoveryOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #leases: Leases;
  readonly #health: HealthKeeper;
  readonly #owner = newId();
  readonly #stop = new AbortController();
  #failedBefore = 0;
  /** What the time of day is ahead of the monotonic time, and when it was last seen to be so. */
  #ahead = -Infinity;
  #seenAt = -Infinity;
  #lease: Lease | undefined;
  #running: Promise<void> | undefined;

  constructor(eventStore: EventStore, leases: Leases, options: RecoveryOptions, clock: Clock, logger: Logger) {
    this.#eventStore = eventStore;
    this.#leases = leases;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#health = new HealthKeeper(RECOVERY, clock);
  }

  get health(): PartHealth {
    return this.#health.health;
  }

  start(): void {
    this.#health.begin(RECOVERY);
    this.#running ??= runOutsideHandling(() => this.#run());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.#lease !== undefined) await this.#leases.release(this.#lease);
    this.#health.stopped();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const madeProgress = await this.#look();
      // Where something was found there may be more: go on at once.
      if (!madeProgress) await this.#pause(signal);
    }
  }

  async #look(): Promise<boolean> {
    try {
      if (!(await this.#isOurTurn())) return false;
      const olderThan = this.#now() - this.#options.olderThanMs;
      // Those that could not be published are found again, in front: they must not hide the others.
      const { published, errors } = await this.#eventStore.recover(olderThan, PAGE_SIZE + this.#failedBefore);
      this.#failedBefore = errors.length;
      if (published > 0) this.#logger.warn({ published }, 'published events that a crash had left uncommitted');
      for (const error of errors) this.#report(error);
      if (errors.length === 0) this.#health.works(RECOVERY);
      return published > 0;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /**
   * The time of day as it would be had it not been set back lately: what was stored before that must not wait until it is that late
   * again. What is stored meanwhile looks older than it is, and is at worst published twice.
   */
  #now(): number {
    const passed = this.#clock.monotonic();
    const ahead = this.#clock.now() - passed;
    if (ahead >= this.#ahead || passed - this.#seenAt > 2 * this.#options.olderThanMs) {
      this.#ahead = ahead;
      this.#seenAt = passed;
    }
    return passed + this.#ahead;
  }

  /** One process at a time. Two at once would be safe too, but do everything twice. */
  async #isOurTurn(): Promise<boolean> {
    const durationMs = this.#options.everyMs * LEASE_ROUNDS;
    const isOurs = this.#lease !== undefined && (await this.#leases.renew(this.#lease, durationMs));
    if (!isOurs) this.#lease = await this.#leases.acquire('recovery', this.#owner, durationMs);
    if (this.#lease === undefined) this.#health.works(RECOVERY);
    return this.#lease !== undefined;
  }

  #report(error: unknown): void {
    this.#health.fails(RECOVERY, error);
    this.#logger.error(
      { err: error },
      `recovery of uncommitted events failed, the next try follows: ${messageOf(error)}`,
    );
  }

  // In the background: an idle program may end, and whoever starts next goes on.
  #pause(signal: AbortSignal): Promise<void> {
    return sleep(backgroundClock(this.#clock), this.#options.everyMs, signal);
  }
}
