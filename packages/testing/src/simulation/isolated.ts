/**
 * Runs `body` while `Math.random` draws from `next`: jitter, and whatever else calls it, is then part of what a seed decides. Errors, of
 * which faults make many, are made without stacks meanwhile, which are the dearest part of them. For bodies that stay within one turn of
 * the event loop, so that nobody else notices.
 */
export async function isolated<T>(next: () => number, body: () => Promise<T>): Promise<T> {
  const { random } = Math;
  const { stackTraceLimit } = Error;
  Math.random = next;
  Error.stackTraceLimit = 0;
  try {
    return await body();
  } finally {
    Math.random = random;
    Error.stackTraceLimit = stackTraceLimit;
  }
}
