/**
 * Finds a Redis server for the tests that need one, and installs Debian's where that is possible.
 * As a program it prints the path; as a module it gives `ensureRedis()`, for the set-up of such tests.
 */
import { fileURLToPath } from 'node:url';
import { ensureProgram, printProgram } from './lib/ensure-program.mjs';

/** The path of a Redis or Valkey server: see `ensureProgram`. */
export function ensureRedis() {
  return ensureProgram({
    variable: 'REDIS_SERVER',
    names: ['redis-server', 'valkey-server'],
    debian: 'redis-server',
    help:
      'No redis-server found. Install it (Debian: apt-get install redis-server; macOS: brew install redis), set REDIS_SERVER to its path, ' +
      'or, where one is running, REDIS_URL to its address.',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printProgram(ensureRedis);
