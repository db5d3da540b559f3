/**
 * How many handlers may run at once, shared by all workers of an endpoint. The limit can be changed while they run; lowering it
 * interrupts nobody.
 */
export class Slots {
  #limit: number;
  #taken = 0;
  // In a Set, so that those who wait are served in turn.
  readonly #waiting = new Set<() => void>();

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
    if (this.#waiting.size > 0) this.#offer();
  }

  /** Calls `onFree` once, when a slot is free. */
  wait(onFree: () => void): void {
    this.#waiting.add(onFree);
  }

  stopWaiting(onFree: () => void): void {
    this.#waiting.delete(onFree);
  }

  #offer(): void {
    // Who is woken may wait again at once: a Set would then hand it out again in this loop.
    for (const onFree of Array.from(this.#waiting)) {
      if (this.#taken >= this.#limit) return;
      this.#waiting.delete(onFree);
      onFree();
    }
  }
}
