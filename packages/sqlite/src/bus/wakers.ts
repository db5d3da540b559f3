/** Receivers that wait for a message, by queue. */
export class Wakers {
  readonly #byQueue = new Map<string, Set<() => void>>();

  /** Returns how to stop waiting. */
  add(key: string, wake: () => void): () => void {
    const waiting = this.#byQueue.get(key) ?? new Set();
    this.#byQueue.set(key, waiting);
    waiting.add(wake);
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0 && this.#byQueue.get(key) === waiting) this.#byQueue.delete(key);
    };
  }

  wake(key: string): void {
    for (const wake of this.#byQueue.get(key) ?? []) wake();
  }

  wakeAll(): void {
    for (const key of this.#byQueue.keys()) this.wake(key);
  }
}

/** What names a queue in memory. */
export function queueKey(endpoint: string, partition: number | undefined): string {
  return `${partition ?? ''}/${endpoint}`;
}
