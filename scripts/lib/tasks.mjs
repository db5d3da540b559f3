import { existsSync } from 'node:fs';
import path from 'node:path';
import { bench } from './bench.mjs';
import { foreground } from './child.mjs';
import { install } from './install.mjs';
import { runTests } from './run-tests.mjs';
import { toolchain } from './toolchain.mjs';
import { UserError } from './user-error.mjs';
import { root } from './workspace.mjs';

/** What `node scripts/run.mjs <task> [args…]` can do. A task gets the tools and its arguments; it resolves with the exit code. */
const TASKS = {
  start: (tools, args) => openstore(tools, ['serve', ...args]),
  openstore,
  test: runTests,
  mutants: (tools, args) => script(tools, 'packages/testing/mutants/main.ts', args),
  'crash-matrix': (tools, args) => script(tools, 'packages/crash-matrix/runner/main.ts', args),
  simulate: (tools, args) => script(tools, 'samples/openstore/simulation/main.ts', args),
  bench,
  packages: (tools, args) => script(tools, 'scripts/check-packages.mjs', args),
};

// V8 lets its space for young objects grow far beyond what the shop has alive; half as much costs it no time.
function openstore(tools, args) {
  return script(tools, 'samples/openstore/src/main.ts', args, ['--max-semi-space-size=16']);
}

function script({ node, env }, file, args, flags = []) {
  if (!existsSync(path.join(root, file))) throw new UserError(`${file} does not exist.`);
  return foreground(node, ['--disable-warning=ExperimentalWarning', ...flags, file, ...args], { cwd: root, env });
}

export async function main([name, ...args]) {
  try {
    const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined;
    if (!task) throw new UserError(`Unknown task "${name ?? ''}". There are: ${Object.keys(TASKS).join(', ')}.`);
    const tools = await toolchain();
    await install(tools);
    process.exitCode = await task(tools, args);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
