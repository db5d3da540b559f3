import { expect, it } from 'vitest';
import { crashMatrix, withRedis } from './support/matrix.ts';

it.each(['azurexazure', 'azurexredis'])(
  'G1 G2 G3 processes on %s that are ended by SIGKILL lose nothing and do nothing twice',
  async (pair) => {
    const { code, stderr, result } = await crashMatrix(['--kills', '6', '--only', pair], withRedis());
    expect(result, stderr).toEqual({ pairs: 1, kills: 6, lost: 0, phantom: 0, doubled: 0 });
    expect(code).toBe(0);
  },
  300_000,
);
