/**
 * Finds a Chromium for the tests that need a browser, and installs Debian's where that is possible.
 * As a program it prints the path; as a module it gives `ensureChromium()`, for the set-up of such tests.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The path of a Chromium or Chrome: the one in the variable CHROMIUM, else the first on the PATH, else, for root on a
 * system with apt-get, the one installed now. Throws with what to install where there is none.
 */
export function ensureChromium() {
  const found = findChromium() ?? (canInstall() ? installChromium() : undefined);
  if (found) return found;
  throw new Error('No Chromium found. Install it (Debian: apt-get install chromium), or set CHROMIUM to its path.');
}

function findChromium() {
  const dirs = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => dirs.map((dir) => path.join(dir, name)));
  return [process.env.CHROMIUM, ...candidates].find((file) => file && isExecutable(file));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const canInstall = () => process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;

function installChromium() {
  console.error('Installing chromium …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return undefined;
  }
  return findChromium();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureChromium());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
