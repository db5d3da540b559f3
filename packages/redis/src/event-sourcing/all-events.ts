import type { GlobalPage, StreamEvent } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { eventsOf, type EventEntry } from './event-entries.ts';
import { LOAD } from './event-scripts.ts';

/** How many entries of the order one page holds at most. */
const LONGEST_PAGE = 1_000;

interface Place {
  readonly cursor: string;
  readonly streamId: string;
  readonly sequenceId: number;
}

/**
 * One page of the order across streams, in two round trips: which events come next, and the events. Those of one stream follow each
 * other in the page without a gap, so one read for each stream gets them.
 */
export async function pageOfAll(
  connection: RedisConnection,
  after: string | undefined,
  limit: number,
): Promise<GlobalPage> {
  const { keys } = connection;
  const most = Math.min(limit, LONGEST_PAGE);
  const entries = await connection.command((client) =>
    client.xrange(keys.allEvents, after === undefined ? '-' : `(${after}`, '+', 'COUNT', most + 1),
  );
  const places = entries.slice(0, most).map(placeOf);
  const found = await eventsAt(connection, places);
  const events: StreamEvent[] = [];
  for (const { streamId, sequenceId } of places) {
    const event = found.get(streamId)?.get(sequenceId);
    // A read brings some megabytes at most: what is missing is the next page's.
    if (event === undefined) break;
    events.push(event);
  }
  return {
    events,
    cursor: places[events.length - 1]?.cursor ?? after,
    hasMore: events.length < entries.length,
  };
}

async function eventsAt(connection: RedisConnection, places: readonly Place[]) {
  const ranges = new Map<string, { from: number; to: number }>();
  for (const { streamId, sequenceId } of places) {
    const range = ranges.get(streamId);
    if (range === undefined) ranges.set(streamId, { from: sequenceId, to: sequenceId });
    else range.to = sequenceId;
  }
  const calls = [...ranges].map(([streamId, { from, to }]) => ({
    script: LOAD,
    keys: [connection.keys.stream(streamId), connection.keys.transactions(streamId)],
    args: [from, to, to - from + 1, ''],
  }));
  const pages = await connection.runAll(calls);
  const found = new Map<string, Map<number, StreamEvent>>();
  for (const [i, streamId] of [...ranges.keys()].entries()) {
    const page = pages[i];
    if (page?.status !== 'fulfilled') throw page?.reason;
    const [, , ...pieces] = page.value as [number, number, ...EventEntry[][]];
    const events = eventsOf(streamId, pieces.flat());
    found.set(streamId, new Map(events.map((event) => [event.sequenceId, { ...event, streamId }])));
  }
  return found;
}

function placeOf([cursor, [, streamId = '', , sequenceId]]: [string, string[]]): Place {
  return { cursor, streamId, sequenceId: Number(sequenceId) };
}
