import { AssertionError } from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '@ndomain/core';
import { turns } from './turns.ts';

export interface EventuallyOptions {
  /**
   * How long to go on trying, in milliseconds of real time.
   * @default 5_000
   */
  readonly timeoutMs?: number;
  /**
   * Pause between two tries, in milliseconds, once the event loop has been given its chance.
   * @default 10
   */
  readonly everyMs?: number;
}

/** What runs in this process alone is through after a few turns; only what comes from outside needs time. */
const TURNS_FIRST = 20;

/**
 * Waits until a condition holds: until `condition` returns anything but `false`, and does not throw. Resolves with what it returned. For
 * what happens in real time, such as tests against real servers; with a virtual clock, move the clock instead.
 *
 * Rejects with an AssertionError that tells the last failure.
 */
export async function eventually<T>(
  condition: () => T | false | Promise<T | false>,
  { timeoutMs = 5_000, everyMs = 10 }: EventuallyOptions = {},
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let failure: unknown;
  for (let tries = 0; ; tries++) {
    try {
      const result = await condition();
      if (result !== false) return result;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= end) throw timedOut(timeoutMs, failure);
    if (tries < TURNS_FIRST) await turns();
    else await wait(everyMs);
  }
}

function timedOut(timeoutMs: number, failure: unknown): AssertionError {
  const last = failure === undefined ? 'it returned false' : messageOf(failure);
  const error = new AssertionError({ message: `The condition did not hold within ${timeoutMs} ms; at last: ${last}` });
  error.cause = failure;
  return error;
}
