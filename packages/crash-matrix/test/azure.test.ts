import { execFile, execFileSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const RUNNER = path.resolve(import.meta.dirname, '../runner/main.ts');
const ENSURE_REDIS = path.resolve(import.meta.dirname, '../../../scripts/ensure-redis.mjs');

it.each(['azurexazure', 'azurexredis'])(
  'G1 G2 G3 processes on %s that are ended by SIGKILL lose nothing and do nothing twice',
  async (pair) => {
    const server = execFileSync(process.execPath, [ENSURE_REDIS], { encoding: 'utf8' }).trim();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', RUNNER, '--kills', '6', '--only', pair],
      { env: { ...process.env, REDIS_SERVER: server } },
    );
    expect(JSON.parse(stdout)).toEqual({ pairs: 1, kills: 6, lost: 0, phantom: 0, doubled: 0 });
  },
  300_000,
);
