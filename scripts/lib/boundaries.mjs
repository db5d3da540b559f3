import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { cycles, importsOf, sourceFiles } from './imports.mjs';
import { workspacePackages } from './workspace.mjs';

const SCOPE = '@ndomain/';

/** Which packages of ours the sources of a package may import. What is not named here is an adapter. */
const PACKAGES = {
  core: [],
  testing: ['core'],
};
const ADAPTER = ['core'];

/** Which folders of packages/core/src the files of a folder there may import, besides their own. index.ts may import all. */
const CORE_FOLDERS = {
  kernel: [],
  keeping: ['kernel'],
  'event-sourcing': ['kernel', 'keeping'],
  aggregates: ['kernel', 'keeping', 'event-sourcing'],
  bus: ['kernel'],
  outcomes: ['kernel', 'bus', 'projections'],
  cqrs: ['kernel', 'event-sourcing', 'aggregates', 'bus', 'outcomes'],
  projections: ['kernel', 'keeping', 'event-sourcing', 'aggregates', 'bus', 'cqrs'],
  sagas: ['kernel', 'event-sourcing', 'aggregates', 'bus', 'cqrs'],
  context: ['kernel', 'event-sourcing', 'aggregates', 'bus', 'cqrs', 'projections', 'outcomes', 'sagas'],
};

/**
 * All violations of the directions of dependencies in a workspace, each `{ file, problem, fix }`.
 * Sources of packages are held to all rules; tests and samples may import any package of ours, except that nothing in
 * core, not even a test, may need another package.
 */
export function findViolations(root) {
  const packages = workspacePackages(undefined, root);
  const violations = [];
  const graph = new Map();

  for (const pkg of packages) {
    const report = (file, problem, fix) => violations.push({ file: relative(root, file), problem, fix });
    checkManifest(root, pkg, report);
    for (const file of sourceFiles(pkg.dir)) {
      const specifiers = importsOf(file);
      graph.set(
        file,
        specifiers.filter(isRelative).map((to) => path.resolve(file, '..', to)),
      );
      for (const specifier of specifiers) checkImport(pkg, file, specifier, (...found) => report(file, ...found));
    }
  }
  for (const cycle of cycles(graph)) {
    const way = cycle.map((file) => relative(root, file)).join(' → ');
    const fix = 'Move what both need into a file of its own.';
    violations.push({ file: relative(root, cycle[0]), problem: `is part of an import cycle: ${way}`, fix });
  }
  return violations;
}

function checkManifest(root, { dir, folder, manifest }, report) {
  const file = path.join(dir, 'package.json');
  if (folder === 'packages/core') {
    for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
      const names = Object.keys(manifest[field] ?? {}).join(', ');
      if (names) report(file, `has ${field}: ${names}`, 'Core needs nothing at run time: use what Node brings.');
    }
  }
  if (existsSync(path.join(dir, 'test')) && !manifest.scripts?.test) {
    report(file, 'has tests, but no "test" script', 'Add "test": "vitest run", or nobody runs them.');
  }
  const references = readFileSync(path.join(root, 'tsconfig.json'), 'utf8');
  for (const project of [folder, `${folder}/test`]) {
    if (existsSync(path.join(root, project, 'tsconfig.json')) && !references.includes(`"${project}"`)) {
      report(path.join(root, 'tsconfig.json'), `does not refer to ${project}`, 'Add it, or nobody checks its types.');
    }
  }
}

function checkImport({ dir, folder, manifest }, file, specifier, report) {
  const [top, area] = path.relative(dir, file).split(path.sep);
  const published = folder.startsWith('packages/') && top === 'src';

  if (isRelative(specifier)) {
    const target = path.relative(dir, path.resolve(file, '..', specifier));
    const shared = !published && top.startsWith('vitest.config.');
    if (target.startsWith('..') && !shared) {
      report(`imports ${specifier}, which is outside its package`, 'Import the other package by its name.');
    } else if (folder === 'packages/core' && published) {
      checkCoreFolder(area, path.relative(path.join(dir, 'src'), path.resolve(file, '..', specifier)), report);
    }
    return;
  }
  if (specifier.startsWith('node:')) return;
  if (isBuiltin(specifier)) {
    report(`imports ${specifier}`, `Write node:${specifier}.`);
    return;
  }
  if (specifier.startsWith(SCOPE)) checkOwnPackage({ folder, manifest }, published, specifier, report);
  if (published) checkDeclared({ folder, manifest }, specifier, report);
}

function checkOwnPackage({ folder, manifest }, published, specifier, report) {
  const from = folder.split('/')[1];
  const to = packageName(specifier).slice(SCOPE.length);
  const self = packageName(specifier) === manifest.name;
  if (published && self) {
    report('imports its own package by name', 'Import the file, by a relative path.');
  } else if (folder === 'packages/core' && !self) {
    report(`imports ${specifier}: core imports no other package`, 'Move what needs it into the other package.');
  } else if (published && !(PACKAGES[from] ?? ADAPTER).includes(to)) {
    const allowed = (PACKAGES[from] ?? ADAPTER).map((name) => SCOPE + name).join(', ');
    report(
      `imports ${specifier}: of our packages, ${from} may import only ${allowed}`,
      'Move what is shared into core.',
    );
  }
}

function checkDeclared({ folder, manifest }, specifier, report) {
  const name = packageName(specifier);
  if (name === manifest.name) return;
  if (folder === 'packages/core') {
    if (name.startsWith(SCOPE)) return;
    report(`imports ${specifier}: core needs nothing at run time`, 'Use what Node brings, or make it a seam.');
  } else if (!(name in { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies })) {
    report(`imports ${specifier}, which its users would not have`, `Add ${name} to the package's dependencies.`);
  }
}

function checkCoreFolder(from, target, report) {
  if (from === 'index.ts') return;
  const to = target.split(path.sep)[0];
  if (!(from in CORE_FOLDERS)) {
    report(`is in src/${from}, which has no rule`, 'Add the folder to CORE_FOLDERS in scripts/lib/boundaries.mjs.');
  } else if (to !== from && !CORE_FOLDERS[from].includes(to)) {
    const allowed = CORE_FOLDERS[from].join(', ') || 'nothing';
    report(`imports ${to}: ${from} may import only ${allowed}`, 'Move it, or turn the dependency round with a seam.');
  }
}

const isRelative = (specifier) => specifier.startsWith('.');
const packageName = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
const relative = (root, file) => path.relative(root, file).split(path.sep).join('/');
