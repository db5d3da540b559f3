/**
 * Checks the packages as their users get them: built, packed, and installed from the tarballs into a fresh project. In
 * the workspace `exports` points at the sources, so nothing but this sees what is really published.
 *
 * Run it with `npm run packages`, which brings the right pnpm and Node. Every public package below packages/ takes
 * part; one that has a test/consumer.ts has that program of a user type-checked and run too.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captured } from './lib/child.mjs';
import { readManifest, root, workspacePackages } from './lib/workspace.mjs';

/** Many users are not on the TypeScript that builds the packages; the declarations have to suit this one too. */
const OLDER_TYPESCRIPT = '~5.9.0';

const tool = (name) => path.join(root, 'node_modules', '.bin', name);
const work = mkdtempSync(path.join(tmpdir(), 'packages-'));
const consumer = path.join(work, 'consumer');
const packages = workspacePackages(['packages']).filter(({ manifest }) => !manifest.private);
let failed = 0;

try {
  const built = await build();
  if (built && (await packAll())) await checkConsumer();
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(failed === 0 ? '\nThe packages are fit to publish.' : `\nChecks failed: ${failed}.`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs one check, shows how it ended, and what it printed if it failed; resolves with whether it passed. */
async function check(title, command, args, cwd) {
  const { code, output } = await captured(command, args, { cwd });
  console.log(`${code === 0 ? '✓' : '✗'} ${title}`);
  if (code === 0) return true;
  console.error(output);
  failed++;
  return false;
}

/** From nothing: what is left in dist of sources that are gone would be published. */
async function build() {
  const dirs = packages.map(({ dir }) => dir);
  for (const dir of dirs) rmSync(path.join(dir, 'dist'), { recursive: true, force: true });
  const compiled = await check('build', tool('tsc'), ['-b', ...dirs], root);
  return compiled && check('bundle', process.execPath, [path.join(root, 'scripts', 'bundle.mjs'), ...dirs], root);
}

async function packAll() {
  for (const pkg of packages) {
    const { name } = pkg.manifest;
    pkg.tarball = path.join(work, `${path.basename(name)}.tgz`);
    const packed = await check(`${name}: pack`, 'pnpm', ['pack', '--out', pkg.tarball], pkg.dir);
    if (!packed) continue;
    await check(`${name}: publint`, tool('publint'), ['run', pkg.tarball, '--strict'], root);
    await check(`${name}: attw`, tool('attw'), [pkg.tarball, '--profile', 'esm-only', '--no-color'], root);
  }
  return packages.every(({ tarball }) => existsSync(tarball));
}

/** The project of a user who installed all packages, and uses each of their entries in every way there is. */
async function checkConsumer() {
  mkdirSync(consumer);
  writeConsumer();
  const own = packages.flatMap(({ dir, manifest }) => {
    const program = path.join(dir, 'test', 'consumer.ts');
    if (!existsSync(program)) return [];
    const file = `${path.basename(manifest.name)}.ts`;
    copyFileSync(program, path.join(consumer, file));
    return [{ name: manifest.name, file }];
  });

  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  if (!(await check('consumer: install', 'npm', ['install', ...quiet], consumer))) return;
  const run = (title, file) => check(`consumer: ${title}`, process.execPath, [file], consumer);
  await run('JavaScript', 'import.js');
  await run('require', 'require.cjs');
  await check('consumer: types', tool('tsc'), ['-p', '.'], consumer);
  await check(`consumer: types, TypeScript ${OLDER_TYPESCRIPT}`, 'npx', ['tsc', '-p', '.'], consumer);
  await run('TypeScript', 'import.ts');
  for (const { name, file } of own) await run(`the program of ${name}`, file);
}

function writeConsumer() {
  const entries = packages.flatMap(entriesOf);
  const assertion = (module, entry) =>
    `if (Object.keys(${module}).length === 0) throw new Error('${entry} is empty');\n`;
  const imports = entries
    .map((entry, i) => `import * as module${i} from '${entry}';\n${assertion(`module${i}`, entry)}`)
    .join('');
  const requires = entries.map((entry) => assertion(`require('${entry}')`, entry)).join('');
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const files = {
    'package.json': {
      private: true,
      type: 'module',
      dependencies: Object.fromEntries(packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`])),
      devDependencies: {
        '@types/node': readManifest(path.join(root, 'node_modules', '@types', 'node')).version,
        typescript: OLDER_TYPESCRIPT,
      },
    },
    'tsconfig.json': { compilerOptions, include: ['*.ts'] },
    'import.js': imports,
    'import.ts': imports,
    'require.cjs': requires,
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(consumer, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** What a user can import from a package: its name, and its name with each subpath. */
function entriesOf({ manifest }) {
  const subpaths = Object.keys(manifest.publishConfig?.exports ?? {});
  return subpaths.filter((subpath) => !/\*|\.json$/.test(subpath)).map((subpath) => manifest.name + subpath.slice(1));
}
