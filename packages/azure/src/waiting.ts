import type { Clock } from '@ndomain/core';

/** Resolves after `delayMs`, or as soon as one of the signals is aborted. Never rejects. */
export function waiting(
  clock: Clock,
  delayMs: number,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      timer.cancel();
      for (const signal of signals) signal?.removeEventListener('abort', over);
      resolve();
    };
    const timer = clock.schedule(delayMs, over);
    for (const signal of signals) signal?.addEventListener('abort', over, { once: true });
    if (signals.some((signal) => signal?.aborted === true)) over();
  });
}
