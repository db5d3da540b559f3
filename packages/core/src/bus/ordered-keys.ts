import { Fifo } from './transport/fifo.ts';
import type { Handling } from './handling.ts';
import { orderingKeyOf } from './ordering-key.ts';

/** G5: lets the messages of one key through one at a time, in the order in which they came, while keys run in parallel. */
export class OrderedKeys {
  // A key that is busy has an entry; what waits behind the busy one is in it.
  readonly #waiting = new Map<string, Fifo<Handling>>();

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
}
