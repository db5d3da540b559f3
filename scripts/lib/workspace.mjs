import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** A package.json as an object. */
export const readManifest = (dir) => JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));

/**
 * Every package below the given folders ("packages", "samples"), sorted: `{ dir, folder, manifest }`, where `folder` is
 * the path from the root with forward slashes.
 */
export function workspacePackages(folders = ['packages', 'samples'], base = root) {
  return folders.flatMap((parent) => {
    const parentDir = path.join(base, parent);
    if (!existsSync(parentDir)) return [];
    return readdirSync(parentDir)
      .sort()
      .filter((name) => existsSync(path.join(parentDir, name, 'package.json')))
      .map((name) => {
        const dir = path.join(parentDir, name);
        return { dir, folder: `${parent}/${name}`, manifest: readManifest(dir) };
      });
  });
}
