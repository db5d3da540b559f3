import assert from 'node:assert/strict';
import { isNDomainError, type ErrorCode, type NDomainError } from '@ndomain/core';

/** Asserts that a call fails, at once or later, with an error of this code, and returns it. */
export async function failsWith(code: ErrorCode, call: () => unknown): Promise<NDomainError> {
  let value: unknown;
  try {
    value = await call();
  } catch (error) {
    return withCode(code, error);
  }
  return assert.fail(`expected ${code}, but it succeeded with ${JSON.stringify(value) ?? 'undefined'}`);
}

/** Asserts that a call throws an error of this code, and returns it. */
export function throwsWith(code: ErrorCode, body: () => unknown): NDomainError {
  try {
    body();
  } catch (error) {
    return withCode(code, error);
  }
  return assert.fail(`expected ${code}, but nothing was thrown`);
}

/** Asserts that an error of ours says these things about itself. */
export function assertFields(error: NDomainError, expected: Readonly<Record<string, unknown>>): void {
  const fields = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(error, key) as unknown]));
  assert.deepEqual(fields, expected);
}

function withCode(code: ErrorCode, error: unknown): NDomainError {
  if (isNDomainError(error, code)) return error;
  throw error instanceof assert.AssertionError
    ? error
    : new assert.AssertionError({ message: `expected ${code}, got ${describe(error)}` });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
