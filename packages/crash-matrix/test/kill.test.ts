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

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the matrix as `npm run crash-matrix` does. */
async function run(...args: readonly string[]): Promise<Run> {
  const running = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RUNNER, ...args]);
  // An exit code other than 0 is an error with the same fields.
  const { stdout, stderr } = await running.catch((error: unknown) => error as Run);
  return { code: running.child.exitCode ?? -1, stdout, stderr };
}

async function crashMatrix(...args: readonly string[]): Promise<Run & { readonly result: Result }> {
  const ended = await run(...args);
  return { ...ended, result: JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as Result };
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
    'show an event store that stores half of an append',
    async () => {
      const { code, result } = await crashMatrix('--kills', '1', '--only', 'localxlocal', '--sabotage', 'halves');
      expect(result.phantom).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'are not started when an argument is wrong',
    async () => {
      const { code, stderr } = await run('--kills', 'many');
      expect(stderr).toContain('--kills must be a whole number from 1, got "many".');
      expect(code).toBe(2);
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
