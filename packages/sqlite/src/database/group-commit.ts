import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isNDomainError } from '@ndomain/core';
import { asOurs, isBusy } from './sqlite-errors.ts';

interface Operation {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Pause before the lock is tried for again: drawn anew each time, so that processes do not keep meeting. */
const SHORTEST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 6;

/**
 * All writes of a process: what is asked for in one turn of the event loop is written in one transaction with one sync to the disk,
 * and each promise settles after the commit.
 *
 * An operation runs synchronously and may run again, when the transaction has to be restarted. One that throws an error of this
 * library must not have written anything yet: the others go on. After any other error each operation is run again in a transaction of
 * its own, so that one that fails does not fail the others.
 */
export class GroupCommit {
  readonly #connection: DatabaseSync;
  readonly #beginning: StatementSync;
  readonly #ending: StatementSync;
  readonly #path: string;
  readonly #busyTimeoutMs: number;
  readonly #onBegun: () => void;
  #waiting: Operation[] = [];
  #isScheduled = false;
  #busySince: number | undefined;
  #count = 0;

  constructor(connection: DatabaseSync, path: string, busyTimeoutMs: number, onBegun: () => void) {
    this.#connection = connection;
    this.#beginning = connection.prepare('BEGIN IMMEDIATE');
    this.#ending = connection.prepare('COMMIT');
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#onBegun = onBegun;
  }

  /** How many transactions were committed. */
  get count(): number {
    return this.#count;
  }

  run<T>(operation: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run: operation, resolve: (value) => resolve(value as T), reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(this.#flush);
    });
  }

  /** Waits until everything that was asked for so far has been written, or has failed. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.run(() => undefined);
  }

  readonly #flush = (): void => {
    const operations = this.#waiting;
    this.#waiting = [];
    this.#isScheduled = false;
    this.#commitOrReject(operations);
  };

  #commitOrReject(operations: readonly Operation[]): void {
    try {
      this.#commit(operations);
    } catch (error) {
      this.#abandon();
      if (isBusy(error) && this.#mayWait()) return this.#later(operations);
      // Somebody's operation has failed in an unforeseen way, such as for want of room: the others shall not fail with it.
      if (!isBusy(error) && operations.length > 1) {
        for (const operation of operations) this.#commitOrReject([operation]);
        return;
      }
      const waited = this.#busySince === undefined ? 0 : performance.now() - this.#busySince;
      this.#busySince = undefined;
      for (const { reject } of operations) reject(asOurs(error, this.#path, Math.round(waited)));
    }
  }

  #commit(operations: readonly Operation[]): void {
    this.#beginning.run();
    this.#busySince = undefined;
    this.#onBegun();
    const outcomes = operations.map(attempt);
    this.#ending.run();
    this.#count++;
    for (const [i, { resolve, reject }] of operations.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined || 'error' in outcome) reject(outcome?.error);
      else resolve(outcome.value);
    }
  }

  #abandon(): void {
    if (this.#connection.isOpen && this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
  }

  #mayWait(): boolean {
    this.#busySince ??= performance.now();
    return performance.now() - this.#busySince < this.#busyTimeoutMs;
  }

  #later(operations: readonly Operation[]): void {
    this.#waiting = [...operations, ...this.#waiting];
    this.#isScheduled = true;
    setTimeout(this.#flush, SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
  }
}

/** Throws what is not an error of this library. */
function attempt({ run }: Operation): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    if (isNDomainError(error)) return { error };
    throw error;
  }
}
