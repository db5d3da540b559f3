import { ConfigurationError } from '@ndomain/core';
import { Script } from './script.ts';

/** The layout of the keys that this code reads and writes: see keys.ts. A change of the layout is a new number, and code that brings the old forward. */
export const FORMAT = 1;

/* KEYS: format. ARGV: ours. Returns the one that is there. */
export const AGREE = new Script(`
local known = redis.call('GET', KEYS[1])
if known then return tonumber(known) end
redis.call('SET', KEYS[1], ARGV[1])
return tonumber(ARGV[1])`);

/** Throws `ND_CONFIGURATION` for what a newer version wrote. */
export function checkFormat(found: unknown, address: string, prefix: string): void {
  if (Number(found) <= FORMAT) return;
  throw new ConfigurationError(
    `What stands under the prefix "${prefix}" in Redis at ${address} has the format ${String(found)}, and this version of @ndomain/redis ` +
      `knows those up to ${FORMAT}. Install the version that wrote it, or a newer one, or choose another prefix.`,
  );
}
