import { KeyParkedError } from '../kernel/errors.ts';
import { Fifo } from './transport/fifo.ts';
import type { Handling } from './handling.ts';
import type { Message } from './message.ts';
import { orderingKeyOf } from './ordering-key.ts';
import type { DeadLetters } from './transport/dead-letters.ts';

/**
 * G5, on one partition of an ordered endpoint: lets the messages of one key through one at a time, in the order in which they came,
 * while keys run in parallel. A key of which a message was given up on is parked: what follows in it goes the same way, so that
 * nothing overtakes. What is parked stands among the dead letters; what is remembered here only saves asking for keys that are
 * not, and can be trusted because this process alone works on the partition.
 */
export class KeyOrder {
  readonly #deadLetters: DeadLetters;
  // A key that is busy has an entry; what waits behind the busy one is in it.
  readonly #waiting = new Map<string, Fifo<Handling>>();
  #parked = new Set<string>();
  isLoaded = false;

  constructor(deadLetters: DeadLetters) {
    this.#deadLetters = deadLetters;
  }

  /** Reads which keys are parked, the first time. What is parked later is parked here. */
  async loadOnce(): Promise<void> {
    if (!this.isLoaded) await this.#load();
  }

  async #load(): Promise<void> {
    this.#parked = new Set(await this.#deadLetters.keys());
    this.isLoaded = true;
  }

  /** Returns true when the message may run now; otherwise `finish` will hand it out when its turn has come. */
  admit(handling: Handling): boolean {
    const key = orderingKeyOf(handling.message);
    if (key === undefined) return true;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#waiting.set(key, new Fifo());
      return true;
    }
    waiting.push(handling);
    return false;
  }

  /** Says that the message of a key is done with, and returns the one whose turn has come. */
  finish({ message }: Handling): Handling | undefined {
    const key = orderingKeyOf(message);
    if (key === undefined) return undefined;
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    return next;
  }

  /**
   * Forgets a message that was lost, and returns what waited behind it: none of that may run before the lost one. What stands before it
   * stays: its key is free only when it was the one whose turn it was.
   */
  abandon(lost: Handling): Handling[] {
    const key = orderingKeyOf(lost.message);
    const waiting = key === undefined ? undefined : this.#waiting.get(key);
    if (key === undefined || waiting === undefined) return [];
    const all: Handling[] = [];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) all.push(next);
    const at = all.indexOf(lost);
    if (at < 0) this.#waiting.delete(key);
    else for (const before of all.slice(0, at)) waiting.push(before);
    return all.slice(at + 1);
  }

  park(message: Message): void {
    const key = orderingKeyOf(message);
    if (key !== undefined) this.#parked.add(key);
  }

  /** Throws `ND_KEY_PARKED` for a message of a parked key, unless somebody has resumed the key meanwhile. */
  async check(message: Message): Promise<void> {
    const key = orderingKeyOf(message);
    if (key === undefined || !this.#parked.has(key)) return;
    await this.#load();
    if (this.#parked.has(key)) throw new KeyParkedError(key);
  }
}
