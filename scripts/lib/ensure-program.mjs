import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * The path of a program that tests need: the one in the variable `variable`, else the first of `names` on the PATH, else, for root on a
 * system with apt-get, Debian's package `debian`, installed now. Throws `help` where there is none.
 */
export function ensureProgram({ variable, names, debian, help }) {
  const find = () => {
    const dirs = (process.env.PATH ?? '').split(path.delimiter);
    const candidates = names.flatMap((name) => dirs.map((dir) => path.join(dir, name)));
    return [process.env[variable], ...candidates].find((file) => file && isExecutable(file));
  };
  let found = find();
  if (found === undefined && canInstall()) {
    install(debian);
    found = find();
  }
  if (found === undefined) throw new Error(help);
  return found;
}

/** Prints the path, or what is to be done. */
export function printProgram(ensure) {
  try {
    console.log(ensure());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
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

/** Many tests ask for it at once: one installs, and the others wait and find it there. */
function install(debian) {
  console.error(`Installing ${debian} …`);
  // Debian starts a service after the installation, unless it is told that it may not: the tests start servers of their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const steps = `command -v ${debian} || { apt-get update && apt-get install -y --no-install-recommends ${debian}; }`;
  const lock = path.join(tmpdir(), 'ndomain-install.lock');
  spawnSync('flock', [lock, 'sh', '-c', steps], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
