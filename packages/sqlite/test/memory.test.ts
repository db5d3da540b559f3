import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MEASURE = fileURLToPath(new URL('../measure/memory.ts', import.meta.url));
const COUNT = 400_000;
/** An event or a message takes half a kilobyte in memory and more: held there, so many do not fit into this. */
const MOST_MIB = 200;
/** Who makes them has a batch in hand, its texts, and what was written of it: more garbage, whatever their number. */
const MOST_MIB_OF_MAKER = 250;

test('G10 a long stream and a long queue take no memory', { timeout: 120_000 }, async () => {
  const args = ['--disable-warning=ExperimentalWarning', MEASURE, String(COUNT)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { count, make, load, handle } = JSON.parse(stdout) as Record<string, number>;
  expect(count).toBe(COUNT);
  expect(make).toBeLessThan(MOST_MIB_OF_MAKER);
  expect(load).toBeLessThan(MOST_MIB);
  expect(handle).toBeLessThan(MOST_MIB);
});
