import { ConfigurationError, type Logger } from '@ndomain/core';
import type { RedisConnection } from './redis-connection.ts';

/** Scripts that tell the time and write, and ZRANGE BYSCORE, are as this needs them from there on: https://redis.io/docs/latest/commands/eval/ */
const OLDEST_VERSION = 7;

/**
 * Throws `ND_CONFIGURATION` for a server that is too old. Warns of one that throws keys away when its memory is full: then messages and
 * events are lost without a word; it works until then, so it is no error. A user who may not ask (`INFO`) is told neither.
 */
export async function checkServer(connection: RedisConnection, logger: Logger): Promise<void> {
  let info: string;
  try {
    info = await connection.command((client) => client.info());
  } catch {
    return;
  }
  const [, version = ''] = /^redis_version:(\S+)/m.exec(info) ?? [];
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    throw new ConfigurationError(
      `Redis at ${connection.address} has the version ${version}, and this needs ${OLDEST_VERSION}.0 or newer.`,
    );
  }
  const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(info) ?? [];
  if (policy === 'noeviction') return;
  logger.warn(
    { policy },
    `Redis at ${connection.address} has the maxmemory-policy ${policy}: when its memory is full it throws messages and events away. ` +
      'Set it: CONFIG SET maxmemory-policy noeviction',
  );
}
