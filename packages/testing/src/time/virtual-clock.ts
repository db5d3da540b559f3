import type { Clock, Timer } from '@ndomain/core';
import { turns } from './turns.ts';

export interface VirtualClockOptions {
  /**
   * The time at which it begins, in milliseconds since the epoch.
   * @default 2010-12-01T08:26:00Z
   */
  readonly startAt?: number;
  /**
   * How many turns of the event loop follow each timer, at least 1, so that what it set in motion comes to rest before the next one.
   * One is enough for promises; code that waits for files or sockets needs more.
   * @default 1
   */
  readonly turns?: number;
  /**
   * How what a timer sets in motion comes to rest, for those who know a cheaper way than turns of the event loop: `microtasks`.
   * @default so many turns of the event loop as `turns` says
   */
  readonly rest?: () => Promise<void>;
}

interface VirtualTimer {
  /** By the time that has passed. */
  readonly dueAt: number;
  readonly callback: () => void;
}

/** More timers than this in one move are taken for two that set each other off for ever. */
const MOST_TIMERS_PER_MOVE = 1_000_000;

/**
 * Time that stands still until a test moves it. Timers fire in the order of their moments, those of one moment in the order in
 * which they were set, and what a timer sets in motion comes to rest before the next one fires: an hour passes in no time, and the
 * same way every time.
 *
 * ```ts
 * const clock = new VirtualClock();
 * await using context = await DomainContext.configure().clock(clock).…start();
 * await clock.advance(10_000);
 * ```
 *
 * {@link step} sets the time of day as an administrator or a time server does, while no time passes.
 */
export class VirtualClock implements Clock {
  // In order of setting, because a Set keeps the order of insertion.
  readonly #timers = new Set<VirtualTimer>();
  readonly #rest: () => Promise<void>;
  /** The time that has passed. */
  #passed = 0;
  /** What the time of day is ahead of it. */
  #ahead: number;
  #moving: Promise<void> = Promise.resolve();

  constructor({ startAt = Date.UTC(2010, 11, 1, 8, 26), turns: count = 1, rest }: VirtualClockOptions = {}) {
    this.#ahead = startAt;
    this.#rest = rest ?? (() => turns(count));
  }

  now(): number {
    return this.#ahead + this.#passed;
  }

  monotonic(): number {
    return this.#passed;
  }

  /** Sets the time of day forward, or back with a negative number, by so many milliseconds. No timer fires, and none is moved. */
  step(ms: number): void {
    this.#ahead += ms;
  }

  /**
   * Lets so many milliseconds go by that only the time of day knows of, as a machine does that is suspended: timers stand still
   * meanwhile.
   */
  suspend(ms: number): void {
    this.step(Math.max(0, ms));
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, in milliseconds since the epoch; `Infinity` when none is set. */
  get nextDueAt(): number {
    let earliest = Infinity;
    for (const { dueAt } of this.#timers) earliest = Math.min(earliest, dueAt);
    return this.#ahead + earliest;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const timer: VirtualTimer = { dueAt: whole(this.#passed + Math.max(0, delayMs)), callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves on by so many milliseconds: see {@link advanceTo}. */
  advance(ms: number): Promise<void> {
    return this.#queue(() => this.#moveTo(this.#passed + ms));
  }

  /**
   * Moves on to a moment, in milliseconds since the epoch, and fires what is due on the way, also what is set on the way. A moment in
   * the past only lets things come to rest. Moves wait for each other.
   */
  advanceTo(time: number): Promise<void> {
    return this.#queue(() => this.#moveTo(time - this.#ahead));
  }

  /** Lets everything come to rest without moving the time. */
  settle(): Promise<void> {
    return this.#rest();
  }

  #queue(move: () => Promise<void>): Promise<void> {
    this.#moving = this.#moving.then(move, move);
    return this.#moving;
  }

  async #moveTo(target: number): Promise<void> {
    await this.settle();
    let fired = 0;
    for (let timer = this.#nextBy(target); timer !== undefined; timer = this.#nextBy(target)) {
      if (++fired > MOST_TIMERS_PER_MOVE) throw new Error(`${MOST_TIMERS_PER_MOVE} timers fired and more are due.`);
      this.#timers.delete(timer);
      this.#passed = Math.max(this.#passed, timer.dueAt);
      timer.callback();
      await this.settle();
    }
    this.#passed = Math.max(this.#passed, target);
  }

  #nextBy(target: number): VirtualTimer | undefined {
    let next: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= target && (next === undefined || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }
}

/** Up to the next 1,024th of a millisecond: so much is exact also when the milliseconds since the epoch are added, and taken away again. */
function whole(ms: number): number {
  return Math.ceil(ms * 1_024) / 1_024;
}
