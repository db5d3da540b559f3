import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { foreground } from './child.mjs';
import { root, workspacePackages } from './workspace.mjs';

const turbo = path.join(root, 'node_modules', 'turbo', 'bin', 'turbo');
const CHECKS = ['typecheck', 'lint', 'format:check', 'boundaries', 'test:scripts'];

/** Where every `vitest run` leaves its results (see vitest.shared.ts); the task cache keeps them too (see turbo.json). */
const RESULTS = path.join('.cache', 'test-results.json');

/**
 * `npm test`: all checks and all tests, each from the task cache where nothing it depends on has changed.
 * `npm test -- packages/core [vitest's arguments]` runs only the tests, of those packages.
 * Ends with the line `N passed, N failed`.
 */
export async function runTests({ node, env: tools }, args) {
  const chosen = workspacePackages().filter(({ folder }) => args.includes(folder));
  const rest = args.filter((arg) => !chosen.some(({ folder }) => folder === arg));
  const partly = args.length > 0;
  const filters = chosen.map(({ folder }) => `--filter=./${folder}`);
  const forVitest = rest.length > 0 ? ['--', '--passWithNoTests', ...rest] : [];

  removeOldResults();
  // Turbo makes its tasks print colours even into a file.
  const env = process.stdout.isTTY ? tools : { ...tools, NO_COLOR: '1', FORCE_COLOR: undefined };
  const tasks = partly ? ['test', ...filters] : [...CHECKS, 'test'];
  const options = ['--continue', '--log-order=grouped', '--ui=stream', '--summarize'];
  const code = await foreground(node, [turbo, 'run', ...tasks, ...options, ...forVitest], { cwd: root, env });
  return report(code);
}

/** A run that breaks before it writes its results must not be counted with those of the run before. */
function removeOldResults() {
  for (const { dir } of [{ dir: root }, ...workspacePackages()]) rmSync(path.join(dir, RESULTS), { force: true });
  rmSync(path.join(root, '.turbo', 'runs'), { recursive: true, force: true });
}

/**
 * Sums up the packages. A task that failed without a failed test to show for it (a lint error, a test file that does
 * not load) counts as one failed: `0 failed` is never printed for a run that was not green.
 */
function report(code) {
  let passed = 0;
  let failed = 0;
  console.log();
  for (const { taskId, task, directory, execution } of summary().tasks) {
    const results = task.startsWith('test') ? readResults(path.join(root, directory)) : undefined;
    const broken = execution?.exitCode !== 0;
    const bad = Math.max(results?.numFailedTests ?? 0, broken ? 1 : 0);
    passed += results?.numPassedTests ?? 0;
    failed += bad;
    if (results || broken) console.log(`${taskId}: ${results?.numPassedTests ?? 0} passed, ${bad} failed`);
  }
  if (code !== 0 && failed === 0) failed = 1;
  console.log(`\n${passed} passed, ${failed} failed`);
  return code === 0 && failed > 0 ? 1 : code;
}

/** What turbo says it ran; empty if it stopped before it ran anything. */
function summary() {
  const dir = path.join(root, '.turbo', 'runs');
  const [file] = existsSync(dir) ? readdirSync(dir) : [];
  return file ? JSON.parse(readFileSync(path.join(dir, file), 'utf8')) : { tasks: [] };
}

function readResults(dir) {
  const file = path.join(dir, RESULTS);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
