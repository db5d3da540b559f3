import { randomBytes } from 'node:crypto';

/** A prefix that no other test uses: they share one Azurite, and a deleted table's name is taken for a while. */
export function freshPrefix(): string {
  return `t${randomBytes(8).toString('hex')}`;
}
