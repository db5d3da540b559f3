import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const RUNNER = path.resolve(import.meta.dirname, '../../runner/main.ts');
const ENSURE_REDIS = path.resolve(import.meta.dirname, '../../../../scripts/ensure-redis.mjs');

export interface Result {
  readonly pairs: number;
  readonly kills: number;
  readonly lost: number;
  readonly phantom: number;
  readonly doubled: number;
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** For pairs with Redis: the runner starts servers of this program. */
export function withRedis(): NodeJS.ProcessEnv {
  const server = execFileSync(process.execPath, [ENSURE_REDIS], { encoding: 'utf8' }).trim();
  return { ...process.env, REDIS_SERVER: server };
}

/** Runs the matrix as `npm run crash-matrix` does. */
export async function run(args: readonly string[], env = process.env): Promise<Run> {
  const all = ['--disable-warning=ExperimentalWarning', RUNNER, ...args];
  const running = promisify(execFile)(process.execPath, all, { env });
  // An exit code other than 0 is an error with the same fields.
  const { stdout, stderr } = await running.catch((error: unknown) => error as Run);
  return { code: running.child.exitCode ?? -1, stdout, stderr };
}

/** The same, with what it found. */
export async function crashMatrix(
  args: readonly string[],
  env = process.env,
): Promise<Run & { readonly result: Result }> {
  const ended = await run(args, env);
  return { ...ended, result: JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as Result };
}
