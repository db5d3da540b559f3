import { StoppedError, systemClock } from '@ndomain/core';
import { isCluster, type Client } from './clients.ts';
import type { Readiness } from './readiness.ts';
import { asOurs, asUnreachable, outcomeOf } from './redis-errors.ts';

/** Pause before a command is tried again, in milliseconds; it doubles. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

export interface RetryOptions {
  readonly address: string;
  readonly unreachableAfterMs: number;
}

/**
 * Tries commands again, until they succeed or the time is over. What Redis refused to run, always: it loads, fails over, has become a
 * replica. What may have been run, because the connection ended before the answer came: only when the caller says that running it twice
 * does no harm.
 */
export class Retries {
  readonly #client: Client;
  readonly #readiness: Readiness;
  readonly #address: string;
  readonly #unreachableAfterMs: number;
  readonly #beforeFirst: () => Promise<void>;
  #hasBegun = false;
  #isClosed = false;

  /** `beforeFirst` comes before the first command, and is tried again as it is. */
  constructor(
    client: Client,
    readiness: Readiness,
    { address, unreachableAfterMs }: RetryOptions,
    beforeFirst: () => Promise<void>,
  ) {
    this.#client = client;
    this.#readiness = readiness;
    this.#address = address;
    this.#unreachableAfterMs = unreachableAfterMs;
    this.#beforeFirst = beforeFirst;
  }

  /** Without a failure, nothing was tried yet. */
  async run<T>(send: (client: Client) => Promise<T>, isRepeatable: boolean, failure?: unknown): Promise<T> {
    const start = performance.now();
    let error = failure;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      this.checkOpen();
      const waitedMs = performance.now() - start;
      const leftMs = this.#unreachableAfterMs - waitedMs;
      if (error !== undefined) {
        const outcome = outcomeOf(error);
        const mayTry = outcome === 'refused' || (outcome === 'lost' && isRepeatable);
        if (!mayTry || leftMs <= 0) throw this.translated(error, waitedMs);
        await this.#pause(Math.min(pauseMs * (0.5 + Math.random() / 2), leftMs), error);
      }
      await this.#ready(start);
      try {
        if (!this.#hasBegun) await this.#beforeFirst();
        this.#hasBegun = true;
        return await send(this.#client);
      } catch (thrown) {
        error = thrown;
      }
    }
  }

  /** An error of a command, as one of ours. */
  translated(error: unknown, waitedMs: number): unknown {
    return this.#isClosed ? this.#stopped() : asOurs(error, this.#address, waitedMs);
  }

  /** Throws `ND_STOPPED` when it is closed. */
  checkOpen(): void {
    if (this.#isClosed) throw this.#stopped();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #ready(start: number): Promise<void> {
    const leftMs = this.#unreachableAfterMs - (performance.now() - start);
    try {
      await this.#readiness.wait(Math.max(leftMs, 0));
    } catch (notReady) {
      this.checkOpen();
      throw asUnreachable(notReady, this.#address, performance.now() - start);
    }
  }

  async #pause(ms: number, error: unknown): Promise<void> {
    // The node of a slot may have changed: the cluster's other nodes know.
    if (isCluster(this.#client) && outcomeOf(error) === 'lost') this.#client.refreshSlotsCache();
    await new Promise<void>((resolve) => {
      systemClock.schedule(ms, resolve);
    });
  }

  #stopped(): StoppedError {
    return new StoppedError(`The connection to Redis at ${this.#address} is closed`);
  }
}
