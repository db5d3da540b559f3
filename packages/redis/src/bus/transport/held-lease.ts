import { newId } from '@ndomain/core';

/** Some messages that were leased together, as this process knows them. */
export class HeldLease {
  readonly name = newId();
  #count = 0;
  #finished = 0;

  /** How many messages it had in the beginning. */
  get count(): number {
    return this.#count;
  }

  /** What the server keeps a lease as that has all its messages. */
  get member(): string {
    return `${this.name}:${this.#count}`;
  }

  /** One more message. */
  add(): Place {
    return { lease: this, number: ++this.#count };
  }

  /** So many of them are finished, as the server has confirmed. Returns whether all are. */
  finish(count: number): boolean {
    this.#finished += count;
    return this.#finished === this.#count;
  }
}

/** Where a received message is on the server. */
export interface Place {
  readonly lease: HeldLease;
  /** Its number in the lease, from 1. */
  readonly number: number;
}
