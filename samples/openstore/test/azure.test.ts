import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportSummary } from '../src/import/summary.ts';
import { figuresIn } from './support/figures.ts';
import { history } from './support/history.ts';
import { plainLoop, plainRows } from './support/plain-loop.ts';
import { Program } from './support/programs.ts';

/** A month of a real wholesaler's orders, where it lies beside the repository; else lines that look like it. */
const REAL = fileURLToPath(new URL('../../../../shared/data/online-retail-2010-12.csv', import.meta.url));
/** The emulator takes a minute for 2,000 lines and more: `NDOMAIN_AZURE_LINES=2000` imports as many. */
const LINES = Number(process.env['NDOMAIN_AZURE_LINES'] ?? 200);
const STOCK = 500;

describe('a shop that is kept in Azure Storage', { timeout: 900_000 }, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openstore-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('imports real lines, on an emulator of its own, and has every figure right', async () => {
    const text = existsSync(REAL)
      ? (await readFile(REAL, 'latin1'))
          .split('\n')
          .slice(0, LINES + 1)
          .join('\n')
      : history(LINES, 500);
    const file = path.join(folder, 'orders.csv');
    await writeFile(file, text, 'latin1');
    await using importing = new Program('import', file, '--json', '--azure', 'azurite');
    const { code, stdout, stderr } = await importing.ended;
    expect(code, stderr).toBe(0);
    expect(figuresIn(JSON.parse(stdout) as ImportSummary)).toEqual(plainLoop(plainRows(text), STOCK));
  });

  it('says what is wrong with a connection string, without a stack', async () => {
    const file = path.join(folder, 'orders.csv');
    await writeFile(file, history(10, 2));
    await using importing = new Program('import', file, '--azure', 'somewhere');
    const { code, stderr } = await importing.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Expected connectionString to be a connection string such as .*\n$/);
  });
});
