import type { Clock, Timer } from '../kernel/clock.ts';
import { HandlerTimeoutError, isNDomainError, LeaseLostError } from '../kernel/errors.ts';
import type { Handling } from './handling.ts';

export interface WatchOptions {
  readonly leaseMs: number;
  readonly handlerTimeoutMs: number;
}

/** What the watch has found. */
export interface WatchFindings {
  /** The handler has run for too long. */
  overrun(handling: Handling, error: HandlerTimeoutError): void;
  /** Somebody else has the message now, or may have. `isBack` is false when it may still be leased to us: nobody could be asked. */
  lost(handling: Handling, error: Error, isBack: boolean): void;
}

/**
 * Looks after all messages that a worker has in hand, with one timer, so that handling one costs none: renews leases at half
 * time, and finds handlers that overrun theirs. The timer is set again from the moment it was due, so it does not drift.
 */
export class HandlingWatch {
  readonly #open: ReadonlySet<Handling>;
  readonly #options: WatchOptions;
  readonly #clock: Clock;
  readonly #findings: WatchFindings;
  readonly #intervalMs: number;
  #timer: Timer | undefined;
  #dueAt = 0;

  constructor(open: ReadonlySet<Handling>, options: WatchOptions, clock: Clock, findings: WatchFindings) {
    this.#open = open;
    this.#options = options;
    this.#clock = clock;
    this.#findings = findings;
    this.#intervalMs = Math.max(20, Math.min(options.leaseMs / 8, options.handlerTimeoutMs / 4, 5_000));
  }

  start(): void {
    this.#dueAt = this.#clock.monotonic();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    const now = this.#clock.monotonic();
    // After the event loop was blocked, what was missed is not made up for.
    this.#dueAt = Math.max(this.#dueAt + this.#intervalMs, now);
    this.#timer = this.#clock.schedule(this.#dueAt - now, this.#look, { background: true });
  }

  readonly #look = (): void => {
    const now = this.#clock.monotonic();
    for (const handling of this.#open) if (!handling.isOver) this.#lookAfter(handling, now);
    this.#schedule();
  };

  #lookAfter(handling: Handling, now: number): void {
    const { leaseMs, handlerTimeoutMs } = this.#options;
    if (handling.hasStarted && now - handling.startedAt >= handlerTimeoutMs) {
      this.#findings.overrun(handling, new HandlerTimeoutError(handling.component, handling.name, handlerTimeoutMs));
    } else if (handling.leasedUntil - now <= leaseMs / 2 && !handling.isRenewing) {
      void this.#renew(handling, now);
    }
  }

  async #renew(handling: Handling, now: number): Promise<void> {
    handling.isRenewing = true;
    try {
      await handling.transaction.extend(this.#options.leaseMs);
      handling.leasedUntil = now + this.#options.leaseMs;
    } catch (error) {
      if (isNDomainError(error, 'ND_LEASE_LOST')) this.#findings.lost(handling, error, true);
      else this.#couldNotRenew(handling);
    } finally {
      handling.isRenewing = false;
    }
  }

  // The backend may be back before the lease runs out: the next look tries again. After that the message may be anybody's.
  #couldNotRenew(handling: Handling): void {
    if (this.#clock.monotonic() < handling.leasedUntil) return;
    this.#findings.lost(handling, new LeaseLostError(handling.messageId, handling.endpoint), false);
  }
}
