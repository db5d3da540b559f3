import { BackendUnreachableError, isNDomainError, sleep, type Clock } from '@ndomain/core';
import { codeOf } from '../../connection/azure-errors.ts';

/*
 * Operations on queues are repeated here and not by the SDK: a repeated send has a blob of its own, what a repetition answers is
 * told apart from what a first try does, and a server that names a time (Retry-After) is left alone until then.
 */
const TRIES = 5;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 2_000;
/** After this no new try begins: a server that does not answer, or asks for more time than this, is reported. */
const LONGEST_MS = 30_000;

/**
 * Repeats an operation whose failure may pass: a connection that broke, 408, 429, 500, 503. Five tries take about 4 s. Gives up when the
 * signal is aborted. A try whose answer was lost may have taken effect, and is repeated as well. `address` is for the error.
 */
export async function withRetries<T>(
  clock: Clock,
  address: string,
  operation: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const begunAt = clock.monotonic();
  for (let tries = 0; ; tries++) {
    try {
      return await operation();
    } catch (error) {
      const delayMs = delayAfter(error, tries);
      const isLate = clock.monotonic() + delayMs - begunAt > LONGEST_MS;
      if (isLate || tries + 1 >= TRIES || signal?.aborted === true)
        throw afterAll(error, address, clock.monotonic() - begunAt);
      await sleep(clock, delayMs, signal);
    }
  }
}

/** The error of the last try, with the time that all of them took. */
function afterAll(error: unknown, address: string, waitedMs: number): unknown {
  if (!isNDomainError(error, 'ND_BACKEND_UNREACHABLE')) return error;
  return new BackendUnreachableError('Azure Storage', address, Math.round(waitedMs), error.cause);
}

/** Infinite when the error will not pass. */
function delayAfter(error: unknown, tries: number): number {
  // A queue that is missing was made again, and is gone once more.
  const isPassing = isNDomainError(error, 'ND_BACKEND_UNREACHABLE') || codeOf(error) === 'QueueNotFound';
  if (!isPassing) return Infinity;
  const ownMs = Math.min(FIRST_DELAY_MS * 2 ** tries, LONGEST_DELAY_MS) * (0.75 + Math.random() / 2);
  return Math.max(retryAfterMs(error), ownMs);
}

interface Answered {
  readonly cause?: Answered;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

/** What the service asked for, in seconds: https://learn.microsoft.com/azure/architecture/best-practices/retry-service-specific */
function retryAfterMs(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  const seconds = Number((error as Answered).cause?.response?.headers?.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}
