import type { QueueFigures } from '@ndomain/core';
import type { FileTime } from '../database/file-time.ts';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

type Row = readonly [ready: number, delayed: number, inFlight: number, oldestReadyAt: number | null];

/** Counts what an endpoint has: exact at the time of reading. */
export function readFigures(database: SqliteDatabase, endpoint: string, time: FileTime): QueueFigures {
  const [ready, delayed, inFlight, oldestReadyAt] = database
    .query<Row>(
      `SELECT count(*) FILTER (WHERE visible_at <= ?1),
         count(*) FILTER (WHERE visible_at > ?1 AND lease IS NULL),
         count(*) FILTER (WHERE visible_at > ?1 AND lease IS NOT NULL),
         min(iif(visible_at = 0, ready_since, visible_at)) FILTER (WHERE visible_at <= ?1)
       FROM delivery WHERE queue IN (SELECT queue FROM queue WHERE endpoint = ?2)`,
    )
    .first(time.now(), endpoint) ?? [0, 0, 0, null];
  const dead = database.query<[number]>('SELECT count(*) FROM dead_letter WHERE endpoint = ?').first(endpoint)?.[0];
  const figures = { ready, delayed, inFlight, dead: dead ?? 0 };
  return oldestReadyAt === null ? figures : { ...figures, oldestReadyAt: time.toDay(oldestReadyAt) };
}
