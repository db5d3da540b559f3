import { InvalidOptionError } from '@ndomain/core';

/** How this library uses a Redis. How it is reached is said by the connection, or by the options of ioredis. */
export interface RedisSettings {
  /**
   * What all keys and channels begin with, so that several systems can share a server: 1 to 64 letters, digits and `. _ - : /`. All
   * processes of one system need the same.
   * @default 'ndomain'
   */
  readonly prefix?: string | undefined;

  /**
   * How long an operation goes on trying, in milliseconds, while the server cannot be reached or refuses to work (a failover, a restart
   * that still loads), before it fails with `ND_BACKEND_UNREACHABLE`. A server that takes connections and never answers is noticed after
   * half of it, so an operation ends after one and a half of it at most. From 100 to 3,600,000.
   * @default 10_000
   */
  readonly unreachableAfterMs?: number | undefined;
}

export const REDIS_DEFAULTS = { prefix: 'ndomain', unreachableAfterMs: 10_000 } as const;

/** Settings with nothing left open. */
export type CheckedSettings = { readonly prefix: string; readonly unreachableAfterMs: number };

// No braces: they would change which part of a key a Redis Cluster places it by.
const PREFIX = /^[A-Za-z0-9._:/-]{1,64}$/;
const SHORTEST_MS = 100;
const LONGEST_MS = 3_600_000;

/** Throws `ND_INVALID_OPTION`. */
export function checkedSettings(given: RedisSettings = {}): CheckedSettings {
  const prefix = given.prefix ?? REDIS_DEFAULTS.prefix;
  const unreachableAfterMs = given.unreachableAfterMs ?? REDIS_DEFAULTS.unreachableAfterMs;
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw new InvalidOptionError('prefix', "1 to 64 letters, digits and . _ - : /, such as 'shop'", prefix);
  }
  if (!(unreachableAfterMs >= SHORTEST_MS && unreachableAfterMs <= LONGEST_MS)) {
    throw new InvalidOptionError(
      'unreachableAfterMs',
      `a number of milliseconds from ${SHORTEST_MS} to ${LONGEST_MS}`,
      unreachableAfterMs,
    );
  }
  return { prefix, unreachableAfterMs };
}
