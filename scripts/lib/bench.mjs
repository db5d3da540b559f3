import path from 'node:path';
import { foreground } from './child.mjs';
import { install } from './install.mjs';
import { root } from './workspace.mjs';

const folder = path.join(root, 'bench');

/**
 * `npm run bench`: measures us beside our peers. They are installed here and nowhere else: bench/ is a workspace of its own.
 * `--check` checks the types and the lint of bench/, which no other command can without the peers.
 */
export async function bench({ node, env }, args) {
  await install({ env }, folder, ['--frozen-lockfile']);
  const run = (...all) => foreground(node, all, { cwd: folder, env });
  if (!args.includes('--check')) {
    // How fast a program starts is measured on what is published.
    const core = path.join(root, 'packages', 'core');
    const compiled = await run(path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', core);
    const built = compiled || (await run(path.join(root, 'scripts', 'bundle.mjs'), core));
    if (built !== 0) return built;
    const main = path.join(folder, 'main.ts');
    return foreground(node, ['--disable-warning=ExperimentalWarning', main, ...args], { cwd: root, env });
  }
  const types = await run(path.join(folder, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.');
  const lint = await run(path.join(root, 'node_modules', 'oxlint', 'bin', 'oxlint'), '-c', 'oxlint.json', '.');
  return types || lint;
}
