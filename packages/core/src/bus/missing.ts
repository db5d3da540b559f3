import type { Clock } from '../kernel/clock.ts';
import { isNDomainError } from '../kernel/errors.ts';
import { LEASE_MARGIN_MS } from './worker-options.ts';

/**
 * Remembers on an ordered endpoint that a message is, or may be, leased to us without our having it: an answer was lost, or it could not be
 * given back. Until its lease has run out nothing behind it may be taken (G5).
 */
export class Missing {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #isOrdered: boolean;
  /** By the clock's monotonic time. */
  #until = -Infinity;

  constructor(clock: Clock, leaseMs: number, isOrdered: boolean) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#isOrdered = isOrdered;
  }

  /** For how long something may still be missing, in milliseconds; 0 or less when nothing is. */
  get remainingMs(): number {
    return this.#until - this.#clock.monotonic();
  }

  /** Something may be missing from now on. */
  note(): void {
    if (this.#isOrdered) this.#until = this.#clock.monotonic() + this.#leaseMs + LEASE_MARGIN_MS;
  }

  /** The same, after a message could not be given away: it stays leased to us, unless it was lost before. */
  noteAfter(problem: unknown): void {
    if (!isNDomainError(problem, 'ND_LEASE_LOST')) this.note();
  }
}
