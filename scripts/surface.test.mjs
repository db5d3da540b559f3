import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, it } from 'vitest';
import { root } from './lib/workspace.mjs';

/*
 * What each package exports is held against a list in the repository, so that no name is lost or gained by accident: a change of the
 * public surface is a line in a diff. `NDOMAIN_SURFACE=update npx vitest run scripts/surface.test.mjs` writes the lists anew.
 */

/** How the parser calls what `export * from` takes. */
const EVERYTHING = new Set(['AllButDefault']);

const packagesDir = path.join(root, 'packages');

function parsed(file) {
  const { module, errors } = parseSync(file, readFileSync(file, 'utf8'));
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  return module;
}

/** The names that a module exports, types marked as such, those of `export *` included. */
function exportsOf(file) {
  return parsed(file).staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, moduleRequest, isType, importName }) => {
      if (EVERYTHING.has(importName.kind)) return exportsOf(path.resolve(path.dirname(file), moduleRequest.value));
      return [`${isType ? 'type ' : ''}${exportName.name}`];
    }),
  );
}

const published = readdirSync(packagesDir).filter((name) => {
  const manifest = path.join(packagesDir, name, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).private !== true;
});

it.each(published)('the public surface of %s is as recorded', (name) => {
  const recorded = path.join(packagesDir, name, 'surface.txt');
  const surface = `${exportsOf(path.join(packagesDir, name, 'src/index.ts'))
    .toSorted()
    .join('\n')}\n`;
  if (process.env.NDOMAIN_SURFACE === 'update') writeFileSync(recorded, surface);
  expect(existsSync(recorded) ? readFileSync(recorded, 'utf8') : '').toBe(surface);
});
