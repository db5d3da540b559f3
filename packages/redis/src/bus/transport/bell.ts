/** Wakes who waits for a queue, and remembers how often it rang: who looked before a ring looks again. */
export class Bell {
  rings = 0;
  readonly #waiting = new Set<() => void>();

  ring(): void {
    this.rings++;
    for (const wake of this.#waiting) wake();
  }

  /** Calls `wake` at the next ring. Returns how to stop waiting. */
  onRing(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }
}
