import type { QueueFigures } from '@ndomain/core';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { EndpointKeys } from '../../keys.ts';
import { FIGURES } from './scripts/figures-script.ts';

/** Counts what an endpoint has: exact at the time of reading. */
export async function readFigures(connection: RedisConnection, keys: EndpointKeys): Promise<QueueFigures> {
  const partitions = await connection.command((client) => client.smembers(keys.partitions));
  const queues = ['', ...partitions].map((name) => keys.queue(name));
  const parts = queues.flatMap(({ ready, first, later, held, leases }) => [ready, first, later, held, leases]);
  const answer = await connection.run(FIGURES, [keys.counters, keys.deadLetters, ...parts], []);
  const [ready, delayed, inFlight, dead, oldestReadyAt] = answer as readonly [number, number, number, number, number?];
  return { ready, delayed, inFlight, dead, ...(typeof oldestReadyAt === 'number' ? { oldestReadyAt } : {}) };
}
