import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findViolations } from './lib/boundaries.mjs';

const roots = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A workspace that keeps all the rules, but for the files given. */
function workspace(files) {
  const root = mkdtempSync(path.join(tmpdir(), 'boundaries-'));
  roots.push(root);
  const all = {
    'tsconfig.json': '{ "files": [], "references": [{ "path": "packages/core" }] }',
    'packages/core/package.json': '{ "name": "@ndomain/core" }',
    'packages/core/tsconfig.json': '{}',
    'packages/core/src/index.ts': "export * from './bus/bus.ts';",
    'packages/core/src/bus/bus.ts': "import { now } from '../kernel/clock.ts';",
    'packages/core/src/kernel/clock.ts': "import { setTimeout } from 'node:timers/promises';",
    'packages/core/src/cqrs/command.ts': "import type { Bus } from '../bus/bus.ts';",
    'packages/redis/package.json':
      '{ "name": "@ndomain/redis", "dependencies": { "@ndomain/core": "*" }, "scripts": { "test": "vitest run" } }',
    'packages/redis/src/index.ts': "import { Bus } from '@ndomain/core';",
    'packages/redis/test/redis.ts': "import { suite } from '@ndomain/testing'; import '../src/index.ts';",
    'packages/redis/vitest.config.ts': "import { shared } from '../../vitest.shared.ts';",
    'packages/sqlite/package.json': '{ "name": "@ndomain/sqlite" }',
    'packages/testing/package.json': '{ "name": "@ndomain/testing" }',
    'samples/shop/package.json': '{ "name": "shop" }',
    'samples/shop/src/main.ts': "import { redis } from '@ndomain/redis';",
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const problems = (files) => findViolations(workspace(files)).map(({ file, problem }) => `${file} ${problem}`);

test('a workspace that keeps the rules has no violations', () => {
  expect(problems({})).toEqual([]);
});

describe('each rule, broken', () => {
  test.each([
    ['core imports a library', 'packages/core/src/bus/x.ts', "import p from 'p-queue';", /core needs nothing/],
    ['core imports a built-in without node:', 'packages/core/src/bus/x.ts', "import fs from 'fs';", /imports fs/],
    ['core imports an adapter', 'packages/core/src/bus/x.ts', "import '@ndomain/redis';", /core imports no other/],
    ['core tests import testing', 'packages/core/test/x.ts', "import '@ndomain/testing';", /core imports no other/],
    ['core imports itself by name', 'packages/core/src/bus/x.ts', "import '@ndomain/core';", /by name/],
    [
      'kernel imports bus',
      'packages/core/src/kernel/x.ts',
      "import '../bus/bus.ts';",
      /kernel may import only nothing/,
    ],
    ['bus imports cqrs', 'packages/core/src/bus/x.ts', "import '../cqrs/command.ts';", /bus may import only kernel/],
    ['a type is an import too', 'packages/core/src/bus/x.ts', "import type { C } from '../cqrs/command.ts';", /cqrs/],
    ['a re-export is an import too', 'packages/core/src/bus/x.ts', "export { C } from '../cqrs/command.ts';", /cqrs/],
    ['so is import()', 'packages/core/src/bus/x.ts', "await import('../cqrs/command.ts');", /cqrs/],
    ['a folder imports the index', 'packages/core/src/bus/x.ts', "import '../index.ts';", /imports index.ts/],
    ['a folder without a rule', 'packages/core/src/misc/x.ts', "import '../kernel/clock.ts';", /has no rule/],
    ['an adapter imports another', 'packages/redis/src/x.ts', "import '@ndomain/sqlite';", /may import only @ndomain/],
    ['sources import testing', 'packages/redis/src/x.ts', "import '@ndomain/testing';", /may import only @ndomain/],
    ['a path into another package', 'packages/redis/src/x.ts', "import '../../core/src/index.ts';", /outside its/],
    ['an undeclared library', 'packages/redis/src/x.ts', "import { Redis } from 'ioredis';", /would not have/],
    ['core has dependencies', 'packages/core/package.json', '{ "dependencies": { "zod": "4" } }', /dependencies: zod/],
    ['types nobody checks', 'packages/redis/tsconfig.json', '{}', /does not refer to packages\/redis/],
    ['tests nobody runs', 'packages/sqlite/test/x.ts', '', /no "test" script/],
  ])('%s', (_name, file, text, message) => {
    expect(problems({ [file]: text }).join('\n')).toMatch(message);
  });
});

test('an import cycle is shown with its whole way, types included', () => {
  const found = problems({
    'packages/core/src/kernel/a.ts': "import type { B } from './b.ts';",
    'packages/core/src/kernel/b.ts': "export * from './c.ts';",
    'packages/core/src/kernel/c.ts': "import './a.ts';",
  });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => `packages/core/src/kernel/${name}.ts`);
  expect(found).toEqual([`${a} is part of an import cycle: ${a} → ${b} → ${c} → ${a}`]);
});
