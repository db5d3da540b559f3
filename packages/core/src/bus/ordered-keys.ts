import { Fifo } from './transport/fifo.ts';
import type { Handling } from './handling.ts';
import { HEADERS } from './message.ts';

/** What a message is ordered by: the `key` it was sent with, else its aggregate. Undefined: by nothing. */
export function keyOf({ message }: Handling): string | undefined {
  const { headers } = message;
  const key = headers[HEADERS.key];
  if (key !== undefined) return key;
  const aggregateId = headers[HEADERS.aggregateId];
  return aggregateId === undefined ? undefined : `${headers[HEADERS.aggregateName] ?? ''}/${aggregateId}`;
}

/** G5: lets the messages of one key through one at a time, in the order in which they came, while keys run in parallel. */
export class OrderedKeys {
  // A key that is busy has an entry; what waits behind the busy one is in it.
  readonly #waiting = new Map<string, Fifo<Handling>>();
  #waitingCount = 0;

  /** How many messages wait behind another of their key. */
  get waitingCount(): number {
    return this.#waitingCount;
  }

  /** Returns true when the message may run now; otherwise `finish` will hand it out when its turn has come. */
  admit(handling: Handling): boolean {
    const key = keyOf(handling);
    if (key === undefined) return true;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#waiting.set(key, new Fifo());
      return true;
    }
    waiting.push(handling);
    this.#waitingCount++;
    return false;
  }

  /** Says that the message of a key is done with, and returns the one whose turn has come. */
  finish(handling: Handling): Handling | undefined {
    const key = keyOf(handling);
    if (key === undefined) return undefined;
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    else this.#waitingCount--;
    return next;
  }
}
