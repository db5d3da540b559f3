import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';

const GUIDE = new URL('../../../../docs/adapters/redis.md', import.meta.url);

/** The user of the guide: his password, and what his keys begin with. */
export const USER = { username: 'shop', password: 'secret' } as const;

/** The rules of the guide, as they stand there: those for every server, and those for a cluster besides. */
export function documentedRules(): readonly (readonly string[])[] {
  const text = readFileSync(GUIDE, 'utf8');
  return [...text.matchAll(/^ACL SETUSER shop (.+)$/gm)].map(([, rules = '']) => rules.split(' '));
}

/** Makes the user on a server. */
export async function grantAccess(url: string): Promise<void> {
  const admin = new Redis(url);
  for (const rules of documentedRules()) await admin.call('acl', 'SETUSER', USER.username, ...rules);
  admin.disconnect();
}
