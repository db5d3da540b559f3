import { Fifo } from './transport/fifo.ts';

/**
 * How many handlers may run at once, shared by all workers of an endpoint. The limit can be changed while they run; lowering it
 * interrupts nobody.
 */
export class Slots {
  #limit: number;
  #taken = 0;
  readonly #waiting = new Fifo<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = limit;
    this.#offer();
  }

  get free(): number {
    return this.#limit - this.#taken;
  }

  /** Takes a slot, if there is a free one. */
  take(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken++;
    return true;
  }

  give(): void {
    this.#taken--;
    if (this.#waiting.length > 0) this.#offer();
  }

  /** Calls `onFree` once, when a slot is free. Those who wait are served in turn. */
  wait(onFree: () => void): void {
    this.#waiting.push(onFree);
  }

  stopWaiting(onFree: () => void): void {
    this.#waiting.remove(onFree);
  }

  #offer(): void {
    // Who is woken may wait again at once, and has had its turn then.
    for (let left = this.#waiting.length; left > 0 && this.#taken < this.#limit; left--) this.#waiting.shift()?.();
  }
}
