import type { DeadLetters } from './transport/dead-letters.ts';

/**
 * The keys of an ordered endpoint of which a message was given up on: what follows in such a key goes the same way, so that
 * nothing overtakes (G5). What is true stands among the dead letters; this only saves asking for keys that are not parked. It can
 * be trusted as long as this worker alone works on the keys' partition.
 */
export class ParkedKeys {
  readonly #deadLetters: DeadLetters;
  #keys: ReadonlySet<string> = new Set();

  constructor(deadLetters: DeadLetters) {
    this.#deadLetters = deadLetters;
  }

  async load(): Promise<void> {
    this.#keys = new Set(await this.#deadLetters.keys());
  }

  add(key: string): void {
    this.#keys = new Set([...this.#keys, key]);
  }

  /** Whether a key may be parked. If so, `isStill` tells. */
  mayHold(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Asks again: somebody may have resumed the key. */
  async isStill(key: string): Promise<boolean> {
    await this.load();
    return this.#keys.has(key);
  }
}
