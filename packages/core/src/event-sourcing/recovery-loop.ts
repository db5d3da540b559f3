import { backgroundClock, sleep, type Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
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

/** G1: finds appends whose publishing was cut off by a crash, and publishes them, also when the command never comes again. */
export class RecoveryLoop {
  readonly #eventStore: EventStore;
  readonly #options: RecoveryOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(eventStore: EventStore, options: RecoveryOptions, clock: Clock, logger: Logger) {
    this.#eventStore = eventStore;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): void {
    this.#running ??= runOutsideHandling(() => this.#run());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
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
      const { published, errors } = await this.#eventStore.recover(this.#clock.now() - this.#options.olderThanMs);
      if (published > 0) this.#logger.warn({ published }, 'published events that a crash had left uncommitted');
      for (const error of errors) this.#report(error);
      return published > 0;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  #report(error: unknown): void {
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
