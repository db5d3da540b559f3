import { setTimeout as wait } from 'node:timers/promises';
import type { TestRunner } from '@ndomain/testing';

/** A case of an implementation in memory is through in a few milliseconds; one that waits for what never comes is not. */
const PATIENCE_MS = 400;

/** The first case of a suite that an implementation fails, if there is one. */
export async function firstFailure(suite: (runner: TestRunner) => void): Promise<string | undefined> {
  const cases: [string, () => Promise<void>][] = [];
  const it = Object.assign((name: string, body: () => Promise<void>) => cases.push([name, body]), {
    skip: () => undefined,
  });
  suite({ describe: (_, body) => body(), it });
  for (const [name, body] of cases) if (await fails(body)) return name;
  return undefined;
}

async function fails(body: () => Promise<void>): Promise<boolean> {
  const over = new AbortController();
  const passed = body().then(
    () => false,
    () => true,
  );
  const tooLong = wait(PATIENCE_MS, true, { signal: over.signal }).catch(() => true);
  const failed = await Promise.race([passed, tooLong]);
  over.abort();
  return failed;
}
