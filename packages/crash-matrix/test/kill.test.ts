import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const RUNNER = path.resolve(import.meta.dirname, '../runner/main.ts');
const TIMEOUT_MS = 120_000;

interface Result {
  readonly pairs: number;
  readonly kills: number;
  readonly lost: number;
  readonly phantom: number;
  readonly doubled: number;
}

/** Runs the matrix as `npm run crash-matrix` does. */
async function crashMatrix(...args: readonly string[]): Promise<{ code: number; stderr: string; result: Result }> {
  const command = ['--disable-warning=ExperimentalWarning', RUNNER, ...args];
  const run = promisify(execFile)(process.execPath, command);
  const { stdout, stderr } = await run.catch((error: unknown) => error as { stdout: string; stderr: string });
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Result;
  return { code: run.child.exitCode ?? -1, stderr, result };
}

describe('Real processes ended by SIGKILL', () => {
  it(
    'G1 G2 G3 lose nothing, make nothing up and do nothing twice',
    async () => {
      const { code, stderr, result } = await crashMatrix('--kills', '12', '--only', 'localxlocal');
      expect(result, stderr).toEqual({ pairs: 1, kills: 12, lost: 0, phantom: 0, doubled: 0 });
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'show an event store that does not recognise a transaction',
    async () => {
      const { code, result } = await crashMatrix('--kills', '3', '--only', 'localxlocal', '--sabotage', 'repeats');
      expect(result.doubled).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'show a transport that forgets what a killed process had in hand',
    async () => {
      const { code, result } = await crashMatrix('--kills', '6', '--only', 'localxlocal', '--sabotage', 'forgets');
      expect(result.lost).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );
});
