import { systemClock } from '@ndomain/core';
import { isRefusedAccess } from './redis-errors.ts';
import type { Client } from './clients.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Whether a connection can be worked with, and what is in the way. It connects when it is first waited for, and remembers the last error
 * of the connection, which ioredis tells by events alone.
 */
export class Readiness {
  readonly #client: Client;
  readonly #waiters = new Set<Waiter>();
  #lastError = closed();

  constructor(client: Client) {
    this.#client = client;
    client.on('error', this.#onError);
    client.on('node error', this.#onError);
    client.on('ready', this.#onReady);
    client.on('end', this.#onEnd);
  }

  /** What was last in the way. */
  get lastError(): Error {
    return this.#lastError;
  }

  /**
   * Resolves when commands can be sent. Rejects with the connection's last error when that takes longer than `timeoutMs`, and at once
   * when the server refuses access, because that does not pass by itself.
   */
  wait(timeoutMs: number): Promise<void> {
    const { status } = this.#client;
    if (status === 'ready') return Promise.resolve();
    if (status === 'end') return Promise.reject(this.#lastError);
    const waiting = new Promise<void>((resolve, reject) => {
      const end = (): void => {
        timer.cancel();
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        resolve: () => (end(), resolve()),
        reject: (reason) => (end(), reject(reason)),
      };
      const timer = systemClock.schedule(timeoutMs, () => waiter.reject(this.#lastError));
      this.#waiters.add(waiter);
    });
    // Its outcome is told by the events above.
    if (status === 'wait') this.#client.connect().catch(this.#onError);
    return waiting;
  }

  close(): void {
    this.#onEnd();
  }

  readonly #onError = (error: Error): void => {
    this.#lastError = deepest(error);
    if (isRefusedAccess(this.#lastError)) this.#onEnd();
  };

  readonly #onReady = (): void => {
    this.#lastError = closed();
    for (const { resolve } of this.#waiters) resolve();
  };

  readonly #onEnd = (): void => {
    for (const { reject } of this.#waiters) reject(this.#lastError);
  };
}

function closed(): Error {
  return new Error('Connection is closed.');
}

/** That no node of a cluster could be asked says less than what the last of them answered. */
function deepest(error: Error): Error {
  return 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;
}
