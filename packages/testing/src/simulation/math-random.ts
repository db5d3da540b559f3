/**
 * Runs `body` while `Math.random` draws from `next`: jitter, and whatever else calls it, is then part of what a seed decides. For
 * bodies that stay within one turn of the event loop, so that nobody else sees it.
 */
export async function withMathRandom<T>(next: () => number, body: () => Promise<T>): Promise<T> {
  const original = Math.random;
  Math.random = next;
  try {
    return await body();
  } finally {
    Math.random = original;
  }
}
