import { setTimeout as wait } from 'node:timers/promises';
import type { DomainContext } from '@ndomain/core';
import { ENDPOINTS } from '../configure.ts';
import { UserError } from '../user-error.ts';

/** So many messages may wait before nothing more is sent. */
const MOST_WAITING = 200;
/** Counting costs the storage something: it is looked again after a pause that doubles up to the longest. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 32;
/** Commands first: when these are done, all that follows from them is in the other queue already. */
const IN_ORDER = [ENDPOINTS.sales, ENDPOINTS.readModels];

/** What the shop still has to do: the commands, and what follows from them. */
export class Backlog {
  readonly #context: DomainContext;
  readonly #deadBefore: ReadonlyMap<string, number>;

  private constructor(context: DomainContext, deadBefore: ReadonlyMap<string, number>) {
    this.#context = context;
    this.#deadBefore = deadBefore;
  }

  static async of(context: DomainContext): Promise<Backlog> {
    const dead = new Map<string, number>();
    for (const endpoint of IN_ORDER) dead.set(endpoint, (await context.figures(endpoint)).dead);
    return new Backlog(context, dead);
  }

  /** Resolves when there is room for more: memory does not grow with the length of the file. */
  async room(): Promise<void> {
    const pause = pauses();
    while ((await this.#waiting()) > MOST_WAITING) await pause();
  }

  /** Resolves when everything is done. Throws `UserError` when a message could not be handled. */
  async drained(): Promise<void> {
    for (const endpoint of IN_ORDER) {
      const pause = pauses();
      for (;;) {
        const { ready, delayed, inFlight, dead } = await this.#context.figures(endpoint);
        if (dead > (this.#deadBefore.get(endpoint) ?? 0)) throw gaveUp(endpoint);
        if (ready + delayed + inFlight === 0) break;
        await pause();
      }
    }
  }

  async #waiting(): Promise<number> {
    let waiting = 0;
    for (const endpoint of IN_ORDER) {
      const { ready, dead } = await this.#context.figures(endpoint);
      if (dead > (this.#deadBefore.get(endpoint) ?? 0)) throw gaveUp(endpoint);
      waiting += ready;
    }
    return waiting;
  }
}

function pauses(): () => Promise<void> {
  let next = FIRST_PAUSE_MS;
  return () => {
    const pause = next;
    next = Math.min(next * 2, LONGEST_PAUSE_MS);
    return wait(pause);
  };
}

function gaveUp(endpoint: string): UserError {
  return new UserError(
    `The import stopped: the shop gave up on a message of "${endpoint}"; the reason is in the log above.`,
  );
}
