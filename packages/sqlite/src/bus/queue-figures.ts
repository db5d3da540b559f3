import type { QueueFigures } from '@ndomain/core';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

type Hidden = readonly [due: number, delayed: number, inFlight: number, dueSince: number | null];

const QUEUES = 'queue IN (SELECT queue FROM queue WHERE endpoint = ?)';

/** Counts what an endpoint has: exact at the time of reading. */
export function readFigures(database: SqliteDatabase, endpoint: string, now: number): QueueFigures {
  const [ready, firstPlace] = database
    .query<[number, number | null]>(`SELECT count(*), min(place) FROM message WHERE ${QUEUES} AND visible_at IS NULL`)
    .first(endpoint) ?? [0, null];
  const [due, delayed, inFlight, dueSince] = database
    .query<Hidden>(
      `SELECT count(*) FILTER (WHERE visible_at <= ?1),
         count(*) FILTER (WHERE visible_at > ?1 AND lease IS NULL),
         count(*) FILTER (WHERE visible_at > ?1 AND lease IS NOT NULL),
         min(visible_at) FILTER (WHERE visible_at <= ?1)
       FROM message WHERE queue IN (SELECT queue FROM queue WHERE endpoint = ?2) AND visible_at IS NOT NULL`,
    )
    .first(now, endpoint) ?? [0, 0, 0, null];
  const dead = database.query<[number]>('SELECT count(*) FROM dead_letter WHERE endpoint = ?').first(endpoint)?.[0];
  const readySince = database.query<[number]>('SELECT ready_since FROM message WHERE place = ?').first(firstPlace)?.[0];
  const moments = [readySince, dueSince ?? undefined].filter((at) => at !== undefined);
  return {
    ready: ready + due,
    delayed,
    inFlight,
    dead: dead ?? 0,
    ...(moments.length === 0 ? {} : { oldestReadyAt: Math.min(...moments) }),
  };
}
