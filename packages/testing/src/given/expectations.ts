import assert from 'node:assert/strict';
import { isNDomainError, messageOf, type ErrorCode } from '@ndomain/core';

/** Which error is expected: its class, its code, or a part of its message. */
export type ExpectedError = (abstract new (...parameters: never) => Error) | ErrorCode | RegExp;

/** What a step came to: something, or an error. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly error: unknown; readonly value?: undefined };

/** Runs a step, and keeps what it throws. */
export async function outcomeOf<T>(step: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await step() };
  } catch (error) {
    return { error };
  }
}

/** The value, or an assertion that shows the error instead. */
export function valueOf<T>(outcome: Outcome<T>, what: string): T {
  if (!('error' in outcome)) return outcome.value;
  assert.fail(`${what} threw ${describe(outcome.error)}`);
}

/** Asserts that a step has failed as expected. */
export function assertFailed(outcome: Outcome<unknown>, expected: ExpectedError | undefined, what: string): void {
  if (!('error' in outcome)) assert.fail(`${what} was expected to throw, but it did not.`);
  const { error } = outcome;
  if (expected === undefined || isExpected(error, expected)) return;
  assert.fail(`${what} was expected to throw ${shown(expected)}, but it threw ${describe(error)}`);
}

function isExpected(error: unknown, expected: ExpectedError): boolean {
  if (typeof expected === 'string') return isNDomainError(error, expected);
  return expected instanceof RegExp ? expected.test(messageOf(error)) : error instanceof expected;
}

function shown(expected: ExpectedError): string {
  return typeof expected === 'function' ? expected.name : String(expected);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : messageOf(error);
}

/**
 * An `await` in front of a step that has a `then` calls it with two functions: somebody forgot to say what is expected. Tells them so,
 * and returns true.
 */
export function isAwaited(expected: readonly unknown[]): boolean {
  const [onResolve, onReject] = expected;
  if (typeof onResolve !== 'function' || typeof onReject !== 'function') return false;
  const fix = ".then(['OrderPlaced', { … }]), .thenNothing() or .thenThrows(…)";
  Reflect.apply(onReject, undefined, [new Error(`Nothing is expected yet. Say it: ${fix}.`)]);
  return true;
}
