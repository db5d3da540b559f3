import { sleep, type Clock } from '@ndomain/core';

/** What a promise resolves with; undefined when the signal is aborted before it does. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    const done = (): void => signal.removeEventListener('abort', onAbort);
    void promise.then(resolve, reject).finally(done);
  });
}

/** What a promise resolves with; undefined when it takes longer than so many milliseconds. */
export async function within<T>(longestMs: number, promise: Promise<T>, clock: Clock): Promise<T | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([promise, sleep(clock, longestMs, done.signal).then(() => undefined)]);
  } finally {
    done.abort();
  }
}
