import type { Clock } from '@ndomain/core';

/** What an answer of the service tells about its clock: `Date` has whole seconds. */
const RESOLUTION_MS = 1_000;
/**
 * A time of day that is no further from the service's than this is taken for the same. So moments that were told to somebody by
 * it mean the same when they come back, however well the service's time is known meanwhile.
 */
const ABOUT_THE_SAME_MS = 2_000;

interface Answer {
  readonly headers: { get(name: string): string | undefined };
}

/** What the SDKs call with an answer. */
export type OnResponse = (answer: Answer) => void;

/**
 * The service's time, in milliseconds since the epoch, from the dates of its answers: several processes must agree on when a lease is over, and
 * their own clocks may differ. Between answers it goes on by the time that has passed, so nothing happens when this machine's clock
 * is set. A machine that was suspended is behind until the next answer.
 *
 * Each answer says between which bounds the service's time is. The time of day at the start is taken for it as long as it is within them
 * all.
 */
export class ServiceClock {
  readonly #clock: Clock;
  /** All by how much the service's time is ahead of the time that has passed here, in milliseconds: by the time of day at the start … */
  readonly #atStart: number;
  /** … and, as the answers say, by no less and no more than these. */
  #atLeast = -Infinity;
  #atMost = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#atStart = clock.now() - clock.monotonic();
  }

  /** As near as it is known. */
  now(): number {
    return this.#clock.monotonic() + this.#ahead;
  }

  /** It is surely not earlier there; before the first answer it is long ago. */
  earliest(): number {
    return this.#clock.monotonic() + this.#atLeast;
  }

  /** It was surely not later there at a moment of this clock's monotonic time; before the first answer it is never. */
  latestAt(moment: number): number {
    return moment + this.#atMost;
  }

  /** A moment of this machine's time of day, by the service's. */
  fromOurs(at: number): number {
    return at + this.#aheadOfOurs;
  }

  /** A moment of the service's time, by this machine's time of day. */
  toOurs(at: number): number {
    return at - this.#aheadOfOurs;
  }

  /** To be called when a request is sent; what it returns, when the answer is there. */
  asking(): OnResponse {
    const dated = this.dating();
    return ({ headers }) => dated(new Date(headers.get('date') ?? ''));
  }

  /** The same, where of the answer its date is told. */
  dating(): (date: Date | undefined) => void {
    const sentAt = this.#clock.monotonic();
    return (date) => {
      const at = date?.getTime() ?? Number.NaN;
      if (!Number.isNaN(at)) this.#learn(at - this.#clock.monotonic(), at + RESOLUTION_MS - sentAt);
    };
  }

  #learn(atLeast: number, atMost: number): void {
    this.#atLeast = Math.max(this.#atLeast, atLeast);
    this.#atMost = Math.min(this.#atMost, atMost);
    if (this.#atLeast <= this.#atMost) return;
    // This machine was suspended, or one of the clocks has drifted away: what was learned before no longer holds.
    this.#atLeast = atLeast;
    this.#atMost = atMost;
  }

  get #ahead(): number {
    if (this.#atLeast <= this.#atStart && this.#atStart <= this.#atMost) return this.#atStart;
    return (this.#atLeast + this.#atMost) / 2;
  }

  get #aheadOfOurs(): number {
    const ahead = this.now() - this.#clock.now();
    return Math.abs(ahead) <= ABOUT_THE_SAME_MS ? 0 : ahead;
  }
}
