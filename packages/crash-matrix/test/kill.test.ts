import { describe, expect, it } from 'vitest';
import { crashMatrix, run } from './support/matrix.ts';

const TIMEOUT_MS = 120_000;

describe('Real processes ended by SIGKILL', () => {
  it(
    'G1 G2 G3 lose nothing, make nothing up and do nothing twice',
    async () => {
      const { code, stderr, result } = await crashMatrix(['--kills', '12', '--only', 'localxlocal']);
      expect(result, stderr).toEqual({ pairs: 1, kills: 12, lost: 0, phantom: 0, doubled: 0 });
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'show an event store that does not recognise a transaction',
    async () => {
      const { code, result } = await crashMatrix(['--kills', '3', '--only', 'localxlocal', '--sabotage', 'repeats']);
      expect(result.doubled).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'show an event store that stores half of an append',
    async () => {
      const { code, result } = await crashMatrix(['--kills', '1', '--only', 'localxlocal', '--sabotage', 'halves']);
      expect(result.phantom).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'are not started when an argument is wrong',
    async () => {
      const { code, stderr } = await run(['--kills', 'many']);
      expect(stderr).toContain('--kills must be a whole number from 1, got "many".');
      expect(code).toBe(2);
    },
    TIMEOUT_MS,
  );

  it(
    'show a transport that forgets what a killed process had in hand',
    async () => {
      const { code, result } = await crashMatrix(['--kills', '6', '--only', 'localxlocal', '--sabotage', 'forgets']);
      expect(result.lost).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );
});
