import type { Message } from './message.ts';
import { checkInteger, checkMilliseconds, withDefaults } from '../kernel/options.ts';
import type { ErrorClass } from '../kernel/domain-error.ts';
import { ConfigurationError, isNDomainError, type ErrorCode } from '../kernel/errors.ts';

/** What one failed attempt to handle a message is judged by. */
export interface Failure {
  /** From 1. */
  readonly attempt: number;
  readonly error: unknown;
  readonly message: Message;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is to be done about it. */
export type Recovery =
  | { readonly action: 'retryNow' }
  /** `at`: milliseconds since the epoch. */
  | { readonly action: 'retryAt'; readonly at: number }
  | { readonly action: 'deadLetter' }
  /** Forgets the message. To be chosen for errors that say that there is nothing left to do. */
  | { readonly action: 'discard' };

/** Judges a failure. To be a pure function of it, but for chance. */
export type RecoverabilityPolicy = (failure: Failure) => Recovery;

export interface RecoverabilityOptions {
  /**
   * Retries at once, at least 0.
   * @default 5
   */
  readonly immediateRetries: number;
  /**
   * Retries after these pauses, in milliseconds, when the immediate ones were used up. After the last the message goes to the dead
   * letters.
   * @default [10_000, 20_000, 30_000]
   */
  readonly delayedRetries: readonly number[];
  /**
   * The part of each pause that is drawn by chance, from 0 to 1: 0.25 makes 10 s last from 7.5 to 10 s.
   * @default 0.25
   */
  readonly jitter: number;
  /**
   * Errors that no retry can mend: the message goes to the dead letters at once. This library's own of this kind always count.
   * @default []
   */
  readonly unrecoverable: readonly ErrorClass[];
}

/** 5 immediate retries, then 3 delayed by 10, 20 and 30 s: the numbers of NServiceBus, without its repeated rounds. */
export const RECOVERABILITY_DEFAULTS: RecoverabilityOptions = {
  immediateRetries: 5,
  delayedRetries: [10_000, 20_000, 30_000],
  jitter: 0.25,
  unrecoverable: [],
};

const RETRY_NOW: Recovery = { action: 'retryNow' };
const DEAD_LETTER: Recovery = { action: 'deadLetter' };
const NEVER_MENDED: readonly ErrorCode[] = [
  'ND_BROKEN_MESSAGE',
  'ND_UNKNOWN_COMPONENT',
  'ND_EFFECT_WITHIN_UPDATE',
  'ND_ASYNC_METHOD',
  'ND_INVALID_PAYLOAD',
  'ND_NOT_REPRESENTABLE',
  'ND_PAYLOAD_TOO_LARGE',
];

/** The default policy with other numbers. Throws `ND_INVALID_OPTION`. */
export function recoverability(
  given: Partial<RecoverabilityOptions> = {},
  random: () => number = Math.random,
): RecoverabilityPolicy {
  const options = withDefaults(RECOVERABILITY_DEFAULTS, given);
  checkInteger('recoverability.immediateRetries', options.immediateRetries, 0);
  for (const pause of options.delayedRetries) checkMilliseconds('recoverability.delayedRetries[]', pause, 0);
  if (!(options.jitter >= 0 && options.jitter <= 1)) {
    throw new ConfigurationError(`recoverability.jitter must be from 0 to 1, got ${options.jitter}.`);
  }
  return ({ attempt, error, now }) => {
    if (isUnrecoverable(error, options.unrecoverable)) return DEAD_LETTER;
    if (attempt <= options.immediateRetries) return RETRY_NOW;
    const pause = options.delayedRetries[attempt - options.immediateRetries - 1];
    if (pause === undefined) return DEAD_LETTER;
    return { action: 'retryAt', at: Math.ceil(now + pause * (1 - options.jitter * random())) };
  };
}

function isUnrecoverable(error: unknown, classes: readonly ErrorClass[]): boolean {
  return NEVER_MENDED.some((code) => isNDomainError(error, code)) || classes.some((each) => error instanceof each);
}
