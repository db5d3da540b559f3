import type { Logger } from '@ndomain/core';
import type { RedisConnection } from './redis-connection.ts';

/**
 * Warns of a server that throws keys away when its memory is full: then messages and events are lost without a word. It is a warning
 * and no error, because such a server works until it is full. A user who may not ask (`INFO`) is not warned.
 */
export async function warnOfEviction(connection: RedisConnection, logger: Logger): Promise<void> {
  let info: string;
  try {
    info = await connection.command((client) => client.info('memory'));
  } catch {
    return;
  }
  const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(info) ?? [];
  if (policy === 'noeviction') return;
  logger.warn(
    { policy },
    `Redis at ${connection.address} has the maxmemory-policy ${policy}: when its memory is full it throws messages and events away. ` +
      'Set it: CONFIG SET maxmemory-policy noeviction',
  );
}
