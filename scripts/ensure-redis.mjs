/**
 * Finds a Redis server for the tests that need one, and installs Debian's where that is possible.
 * As a program it prints the path; as a module it gives `ensureRedis()`, for the set-up of such tests.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = ['redis-server', 'valkey-server'];

/**
 * The path of a Redis or Valkey server: the one in the variable REDIS_SERVER, else the first on the PATH, else, for root on a
 * system with apt-get, the one installed now. Throws with what to install where there is none.
 */
export function ensureRedis() {
  const found = findRedis() ?? (canInstall() ? installRedis() : undefined);
  if (found) return found;
  throw new Error(
    'No redis-server found. Install it (Debian: apt-get install redis-server; macOS: brew install redis), set REDIS_SERVER to its path, ' +
      'or, where one is running, REDIS_URL to its address.',
  );
}

function findRedis() {
  const dirs = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => dirs.map((dir) => path.join(dir, name)));
  return [process.env.REDIS_SERVER, ...candidates].find((file) => file && isExecutable(file));
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

const PACKAGE = 'redis-server';

/** Many tests ask for it at once: one installs, and the others wait and find it there. */
function installRedis() {
  console.error(`Installing ${PACKAGE} …`);
  // Debian starts a service after the installation, unless it is told that it may not: the tests start servers of their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const install = `apt-get update && apt-get install -y --no-install-recommends ${PACKAGE}`;
  const lock = path.join(tmpdir(), 'ndomain-install.lock');
  const once = ['flock', lock, 'sh', '-c', `command -v ${PACKAGE} || { ${install}; }`];
  spawnSync(once[0], once.slice(1), { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return findRedis();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(ensureRedis());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
