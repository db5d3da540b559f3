import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const BENCH = path.join(import.meta.dirname, '..');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What was compared, as installed: each peer with its version, the server of Redis, and the revision of ours. */
export function versions(): string {
  const manifest = JSON.parse(readFileSync(path.join(BENCH, 'package.json'), 'utf8')) as Manifest;
  const peers = Object.entries(manifest.dependencies).filter(([, version]) => !version.startsWith('link:'));
  const named = peers.map(([name, version]) => `${name} ${version}`).join(', ');
  return `${named}; ${output('redis-server', ['--version'])}; revision ${output('git', ['rev-parse', '--short', 'HEAD'])}`;
}

function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: BENCH, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return `${command} not found`;
  }
}
