import { sleep, type Clock } from '../kernel/clock.ts';

/** Counts what is under way, and lets somebody wait until nothing is. */
export class Busy {
  readonly #clock: Clock;
  #count = 0;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count === 0) this.#waiting?.abort();
  }

  /** Waits until nothing is under way, or for so long, in milliseconds. */
  async untilIdle(patienceMs: number): Promise<void> {
    if (this.#count === 0) return;
    this.#waiting = new AbortController();
    await sleep(this.#clock, patienceMs, this.#waiting.signal);
  }

  /** Ends the wait. */
  loseHope(): void {
    this.#waiting?.abort();
  }
}
