import { messageOf } from '../kernel/errors.ts';
import type { DeadLetterReason } from './transport/dead-letters.ts';

/** The longest texts kept of an error, in characters: both fit beside any message in the narrowest of our backends. */
const LONGEST_MESSAGE = 2_000;
const LONGEST_STACK = 8_000;

/** What is kept about the error that a message was given up for. Never fails, whatever was thrown. */
export function deadLetterReason(error: unknown, attempts: number, failedAt: number): DeadLetterReason {
  const message = cut(messageOf(error), LONGEST_MESSAGE);
  const code = textOf(error, 'code') ?? textOf(error, 'name') ?? 'ERROR';
  const stack = textOf(error, 'stack');
  return { code, message, stack: stack === undefined ? undefined : cut(stack, LONGEST_STACK), attempts, failedAt };
}

/** A member of what was thrown, where it is a text and can be read: it may be a proxy, or have getters that throw. */
function textOf(thrown: unknown, member: 'code' | 'name' | 'stack'): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  try {
    const text = (thrown as Record<string, unknown>)[member];
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The reason with less and less detail, for a backend that says that it is too large. */
export function* shrinkingReasons(error: unknown, attempts: number, failedAt: number): Generator<DeadLetterReason> {
  const full = deadLetterReason(error, attempts, failedAt);
  yield full;
  yield { ...full, stack: undefined, message: cut(full.message, 200) };
  yield { code: cut(full.code, 50), message: '', attempts, failedAt };
}
