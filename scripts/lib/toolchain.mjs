import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { captured } from './child.mjs';
import { saysNoNetwork, UserError } from './user-error.mjs';
import { readManifest, root } from './workspace.mjs';

/** The oldest Node that runs the sources; below it, everything runs under `REPLACEMENT` from the package registry. */
const OLDEST = [22, 12];
const REPLACEMENT = 'node@24';

const cacheFile = path.join(root, '.cache', 'toolchain.json');

/**
 * The environment in which every tool of this repository runs: the pinned pnpm, and a Node that is new enough, first on
 * the PATH. Also gives the path of that Node. Asks npx where they are only once: a registry look-up on each start would
 * cost seconds, and would need the network.
 */
export async function toolchain() {
  const wanted = wantedPackages();
  const found = readCache(wanted) ?? (await resolveWithNpx(wanted));
  return { node: found.node, env: environment(found) };
}

/** What npx has to bring: pnpm always, as the version that package.json pins; Node only where the running one is too old. */
function wantedPackages() {
  const { packageManager } = readManifest(root);
  return isNewEnough() ? [packageManager] : [packageManager, REPLACEMENT];
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The paths found last time, if they are for the same packages and still there (npm may have cleaned its cache). */
function readCache(wanted) {
  try {
    const cached = JSON.parse(readFileSync(cacheFile, 'utf8'));
    const own = !wanted.includes(REPLACEMENT);
    const found = own ? { ...cached, node: process.execPath, version: process.version } : cached;
    const valid = found.wanted.join() === wanted.join() && existsSync(found.pnpm) && existsSync(found.node);
    return valid ? found : undefined;
  } catch {
    return undefined;
  }
}

async function resolveWithNpx(wanted) {
  console.error(`Fetching ${wanted.join(' and ')} …`);
  const where =
    'const { execPath: node, version, env } = process;' +
    'console.log(JSON.stringify({ node, version, path: env.PATH || env.Path }))';
  const packages = wanted.flatMap((name) => ['-p', name]);
  const { code, stdout, output } = await runNpx(['-y', ...packages, '--', 'node', '-e', where]);
  if (code !== 0) throw new UserError(`npx could not fetch ${wanted.join(' and ')}: ${npmReason(output)}`);

  const { node, version, path: npxPath } = JSON.parse(stdout.slice(stdout.lastIndexOf('{"node"')));
  const bin = npxPath.split(path.delimiter).find((dir) => existsSync(pnpmIn(dir)));
  if (!bin) throw new UserError(`npx fetched ${wanted[0]}, but put no pnpm on the PATH.`);

  const found = { wanted, node, version, pnpm: pnpmIn(bin) };
  mkdirSync(path.dirname(cacheFile), { recursive: true });
  writeFileSync(cacheFile, JSON.stringify(found, undefined, 2));
  return found;
}

/** Prefers the npx that belongs to the npm that started us: a plain script, which needs no shell on any system. */
function runNpx(args) {
  const own = process.env.npm_execpath && path.join(path.dirname(process.env.npm_execpath), 'npx-cli.js');
  if (own && existsSync(own)) return captured(process.execPath, [own, ...args]);
  return captured('npx', args, { shell: process.platform === 'win32' });
}

const pnpmIn = (dir) => path.join(dir, process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm');

/** The one line of npm's complaint that says what is wrong. */
function npmReason(output) {
  if (saysNoNetwork(output)) return 'the package registry cannot be reached. Is there a network?';
  const lines = output.split('\n').filter((line) => /^npm err(or|!)/i.test(line));
  const text = lines.map((line) => line.replace(/^npm err(or|!)\s*/i, ''));
  return text.find((line) => line && !/^(code|syscall|errno|path)\b/.test(line)) ?? 'npx gave no reason.';
}

function environment({ node, version, pnpm }) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[key] = [path.dirname(node), path.dirname(pnpm), process.env[key]].join(path.delimiter);
  // The results of tests depend on the Node that ran them, so the task cache has to know which one it was.
  env.NDOMAIN_NODE = version;
  // Before 22.18, running TypeScript and node:sqlite were still behind flags.
  if (node === process.execPath && !process.features.typescript) {
    env.NODE_OPTIONS = `${env.NODE_OPTIONS ?? ''} --experimental-strip-types --experimental-sqlite`.trim();
  }
  return env;
}
