import { ConfigurationError } from '@ndomain/core';
import { checkedSettings, type RedisSettings } from '../redis-settings.ts';
import type { Client } from './clients.ts';
import { RedisConnection } from './redis-connection.ts';

const opened = new WeakMap<Client, Map<string, RedisConnection>>();

/**
 * The connection behind parts that are made one by one on a `Redis` or `Cluster` of the user's: the same for the same one and the same
 * settings. It ends when the user's does. Throws `ND_CONFIGURATION` when that has been already.
 */
export function sharedConnection(given: Client | RedisConnection, settings?: RedisSettings): RedisConnection {
  if (given instanceof RedisConnection) return given;
  if (given.status === 'end') {
    throw new ConfigurationError(
      'The connection to Redis is closed. Close it after the contexts that use it have stopped.',
    );
  }
  const { prefix, unreachableAfterMs } = checkedSettings(settings);
  const known = opened.get(given) ?? new Map<string, RedisConnection>();
  opened.set(given, known);
  const key = `${unreachableAfterMs} ${prefix}`;
  const connection = known.get(key) ?? new RedisConnection(given, settings);
  if (known.has(key)) return connection;
  known.set(key, connection);
  given.once('end', () => {
    known.delete(key);
    void connection[Symbol.asyncDispose]();
  });
  return connection;
}
