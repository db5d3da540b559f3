import { expect, it } from 'vitest';
import { crashMatrix, withRedis } from './support/matrix.ts';

it('G1 G2 G3 processes that share their work over Redis and are ended by SIGKILL lose nothing and do nothing twice', async () => {
  const { code, stderr, result } = await crashMatrix(['--kills', '12', '--only', 'sqlitexredis'], withRedis());
  expect(result, stderr).toEqual({ pairs: 1, kills: 12, lost: 0, phantom: 0, doubled: 0 });
  expect(code).toBe(0);
}, 120_000);
