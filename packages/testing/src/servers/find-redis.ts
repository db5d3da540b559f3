import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = ['redis-server', 'valkey-server'];

/**
 * The path of a Redis or Valkey server: the one in the variable REDIS_SERVER, else the first on the PATH. Throws with what to install
 * where there is none.
 */
export function findRedisServer(): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = [process.env['REDIS_SERVER'] ?? '', ...candidates].find((file) => file !== '' && isExecutable(file));
  if (found !== undefined) return found;
  throw new Error(
    'No redis-server found. Install it (Debian: apt-get install redis-server; macOS: brew install redis), or set REDIS_SERVER to its path.',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
