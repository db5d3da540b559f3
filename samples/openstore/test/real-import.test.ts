import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { figuresIn } from './support/figures.ts';
import { plainLoop, plainRows } from './support/plain-loop.ts';
import { importFile } from './support/shop.ts';

/** A month of a real wholesaler's orders. It is not part of this repository: it may lie beside it. */
const FILE = fileURLToPath(new URL('../../../../shared/data/online-retail-2010-12.csv', import.meta.url));
const isThere = existsSync(FILE);
if (!isThere)
  console.log('The import of the real file is not tested: ../shared/data/online-retail-2010-12.csv is absent.');

const expected = (): ReturnType<typeof plainLoop> => plainLoop(plainRows(readFileSync(FILE, 'latin1')), 500);

describe.skipIf(!isThere)('the import of 39,528 real order lines', () => {
  it('comes to the same as a plain loop over the rows', { timeout: 60_000 }, async () => {
    const { summary, reported } = await importFile(FILE, { concurrency: 64 });
    expect(reported).toEqual([]);
    expect(figuresIn(summary)).toEqual(expected());
    expect(summary.lines).toBe(39_528);
  });

  it('comes to the same when it is durable', { timeout: 180_000 }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'openstore-'));
    try {
      const { summary } = await importFile(FILE, { concurrency: 256, db: path.join(folder, 'shop.db') });
      expect(figuresIn(summary)).toEqual(expected());
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
