import { createHash } from 'node:crypto';
import { levelsOf, sourceOf } from './class-source.ts';

const LENGTH = 22;

/**
 * A digest of all the code of a class that can be seen, its own and its ancestors', and of what else is given. It differs when that has changed, and
 * says nothing of code in other modules that the class calls.
 */
export function fingerprintOf(aClass: object, others: readonly string[]): string {
  const digest = createHash('sha256').update(sourcesOf(aClass));
  for (const other of others) digest.update(`\n${other}`);
  return `#${digest.digest('base64url').slice(0, LENGTH)}`;
}

/** The sources of a class and its ancestors. */
export function sourcesOf(aClass: object): string {
  return [...levelsOf(aClass)].map(sourceOf).join('\n');
}
