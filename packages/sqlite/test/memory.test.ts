import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MEASURE = fileURLToPath(new URL('../measure/memory.ts', import.meta.url));
const COUNT = 200_000;
/** Held in memory, so many events or messages take more than twice as much. */
const MOST_MIB = 200;

test('G10 a long stream and a long queue take no memory', { timeout: 120_000 }, async () => {
  const args = ['--disable-warning=ExperimentalWarning', MEASURE, String(COUNT)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { load, handle, make } = JSON.parse(stdout) as Record<string, number>;
  expect({ load, handle, make }).toEqual({
    load: expect.any(Number),
    handle: expect.any(Number),
    make: expect.any(Number),
  });
  for (const most of [load, handle, make]) expect(most).toBeLessThan(MOST_MIB);
});
