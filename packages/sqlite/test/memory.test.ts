import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MEASURE = fileURLToPath(new URL('../measure/memory.ts', import.meta.url));
const COUNT = 400_000;
/** An event or a message takes half a kilobyte in memory and more: held there, so many fit into neither of these. */
const HEAP_MIB = 100;
const MOST_MIB = 200;

test('G10 a long stream and a long queue take no memory', { timeout: 120_000 }, async () => {
  const args = ['--disable-warning=ExperimentalWarning', MEASURE, String(COUNT)];
  // Whoever needs more than this heap ends with an error, the process that makes them too.
  const options = `${process.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=${HEAP_MIB}`;
  const env = { ...process.env, NODE_OPTIONS: options.trim() };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const { count, load, handle } = JSON.parse(stdout) as Record<string, number>;
  expect(count).toBe(COUNT);
  expect(load).toBeLessThan(MOST_MIB);
  expect(handle).toBeLessThan(MOST_MIB);
});
