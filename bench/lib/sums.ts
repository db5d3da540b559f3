import { PAYLOAD } from './payload.ts';
import type { Proof } from './scenario.ts';

/** Counts what handlers are given, so that it can be proven that all of it arrived whole. */
export class Sums {
  handled = 0;
  #amount = 0;
  #asked = 0;

  /** Called by a handler. */
  add(amount: number): void {
    this.handled++;
    this.#amount += amount;
  }

  /** Called before a round: so much has to be handled in it. */
  begin(count: number): number {
    this.#asked += count;
    return this.handled;
  }

  get proof(): Proof {
    return {
      'messages handled': [this.handled, this.#asked],
      'sum of the amounts': [this.#amount, this.#asked * PAYLOAD.amount],
    };
  }
}
