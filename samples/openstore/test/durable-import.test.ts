import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ndomain/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportSummary } from '../src/import/summary.ts';
import { figuresIn } from './support/figures.ts';
import { history } from './support/history.ts';
import { plainLoop, plainRows } from './support/plain-loop.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const STOCK = 500;
const PATIENCE = { timeout: 120_000 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'openstore-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const db = (): string => path.join(folder, 'deep', 'shop.db');

async function fileOf(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

interface Run {
  readonly child: ChildProcess;
  readonly summary: Promise<ImportSummary>;
}

function startImport(file: string): Run {
  const args = [MAIN, 'import', file, '--json', '--db', db()];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const summary = once(child, 'close').then(() => {
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as ImportSummary;
  });
  // Whoever kills it does not wait for it.
  summary.catch(() => undefined);
  return { child, summary };
}

function storedEvents(): number {
  const connection = new DatabaseSync(db(), { readOnly: true });
  try {
    return Number(connection.prepare('SELECT count(*) AS count FROM event').get()?.['count']);
  } finally {
    connection.close();
  }
}

describe('an import into a file', PATIENCE, () => {
  it('comes to the same as a plain loop, and changes nothing when it is run again', async () => {
    const text = history(400, 23);
    const file = await fileOf('orders.csv', text);
    const expected = plainLoop(plainRows(text), STOCK);
    expect(figuresIn(await startImport(file).summary)).toEqual(expected);
    expect(figuresIn(await startImport(file).summary)).toEqual(expected);
  });

  it('G1 G3 G7 that is killed in the middle and started again has every figure right', async () => {
    const text = history(1_500, 40);
    const file = await fileOf('orders.csv', text);
    const killed = startImport(file);
    await eventually(() => storedEvents() > 400, { timeoutMs: 30_000 });
    killed.child.kill('SIGKILL');
    await once(killed.child, 'close');
    const expected = plainLoop(plainRows(text), STOCK);
    expect(storedEvents()).toBeLessThan(expected.eventsStored + 1_000);
    expect(figuresIn(await startImport(file).summary)).toEqual(expected);
  });

  it('G4 by two processes at once, each with half of the codes, has every figure right', async () => {
    const halves = [history(500, 20, 'a'), history(500, 20, 'b')];
    const [one = '', other = ''] = await Promise.all(halves.map((text, i) => fileOf(`${i}.csv`, text)));
    await Promise.all([startImport(one).summary, startImport(other).summary]);
    const { lines: _lines, ...figures } = figuresIn(await startImport(other).summary);
    const [a, b] = halves.map((text) => plainLoop(plainRows(text), STOCK));
    expect(figures.eventsStored).toBe((a?.eventsStored ?? 0) + (b?.eventsStored ?? 0));
    expect(figures.ordersRejected).toBe((a?.ordersRejected ?? 0) + (b?.ordersRejected ?? 0));
    expect(figures.stock).toEqual({ ...a?.stock, ...b?.stock });
  });
});
