import { ConfigurationError } from '@ndomain/core';
import { Script } from './script.ts';

/**
 * The layout of the keys that this code reads and writes: see keys.ts. A change of the layout is a new number, and code that brings the old
 * forward.
 *
 * - 2: the leases of partitions are with the queues of their endpoint. Those of format 1 run out by themselves.
 */
export const FORMAT = 2;

/* KEYS: format. ARGV: ours. Returns the one that is there, or ours, which then is. */
export const AGREE = new Script(`
local known = tonumber(redis.call('GET', KEYS[1]) or '0')
if known >= tonumber(ARGV[1]) then return known end
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
