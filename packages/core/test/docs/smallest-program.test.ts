import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { regionOf, ROOT } from './snippets.ts';

const run = promisify(execFile);
const SOURCE = 'packages/core/test/smallest-program.ts';
const program = regionOf(SOURCE, 'program');

describe('The smallest complete program', () => {
  it('has at most 60 lines', () => {
    expect(program.split('\n').length).toBeLessThanOrEqual(60);
  });

  it('runs as it is, says what it should, and ends', async () => {
    const { stdout } = await run(process.execPath, [
      '--experimental-strip-types',
      '--disable-warning=ExperimentalWarning',
      path.join(ROOT, SOURCE),
    ]);
    expect(stdout).toBe('cart-1 holds 6 units\n');
  });
});

/** One mistake each, as a change of the text. */
const MISTAKES = {
  'an event name': ["this.on('ItemAdded',", "this.on('ItemAded',"],
  "an event's payload": ["this.on('ItemAdded', { sku, quantity })", "this.on('ItemAdded', { sku, quantity: '1' })"],
  'an on… of the State': ['  onItemAdded(event:', '  onItemAded(event:'],
  'an on… of the projection': ['onItemAdded(view:', 'onItemAded(view:'],
  'a handle…': ['async handleAddItem(', 'async handleAddItm('],
  'a command name': ["send('AddItem',", "send('AddItm',"],
  "a command's payload": ["sku: 'lantern', quantity: 6", "sku: 'lantern', quantity: '6'"],
  "a handler's parameter": ["}: CartCommands['AddItem'])", '}: { cartId: string; sku: string; quantity: string })'],
} as const satisfies Record<string, readonly [right: string, wrong: string]>;

describe('In the smallest complete program', () => {
  // Within the package, so that its name can be imported.
  const dir = path.resolve(import.meta.dirname, '../../.cache/mistakes');
  let output = '';

  // One compilation for all: a file for each mistake, and one without.
  beforeAll(async () => {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, 'right.ts'), program);
    Object.values(MISTAKES).forEach(([right, wrong], index) => {
      expect(program).toContain(right);
      writeFileSync(path.join(dir, `mistake-${index}.ts`), program.replace(right, wrong));
    });
    const options = { composite: false, incremental: false, noEmit: true, declaration: false, declarationMap: false };
    const config = { extends: '../../../../tsconfig.base.json', include: ['*.ts'] };
    const compilerOptions = { ...options, tsBuildInfoFile: null };
    writeFileSync(path.join(dir, 'tsconfig.json'), JSON.stringify({ ...config, compilerOptions }));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const compilation = run(process.execPath, [tsc, '-p', dir, '--pretty', 'false'], { cwd: dir });
    output = (await compilation.catch((error: unknown) => error as { stdout: string })).stdout;
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('nothing is wrong as it stands', () => {
    expect(output).not.toContain('right.ts');
    expect(output).toContain('error TS');
  });

  it.each(Object.keys(MISTAKES).map((mistake, index) => [mistake, index] as const))(
    '%s with a mistake does not compile',
    (_mistake, index) => {
      expect(output).toContain(`mistake-${index}.ts(`);
    },
  );
});
