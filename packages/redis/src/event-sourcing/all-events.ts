import type { GlobalPage, StreamEvent } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { eventsOf, missingEvent, type EventEntry } from './event-entries.ts';
import { LOAD_IN_ORDER } from './event-scripts.ts';

/** How many entries of the order one page holds at most. */
const LONGEST_PAGE = 1_000;

/** An entry of the order: which event comes there. */
interface Place {
  readonly cursor: string;
  readonly streamId: string;
  readonly sequenceId: number;
}

/** What there is of one stream for a page. */
interface StreamPart {
  readonly version: number;
  /** Where the stream begins; empty when nobody knows. */
  readonly begunAt: string;
  /** By their numbers, from the first of the page on. */
  readonly events: ReadonlyMap<number, StreamEvent>;
}

/**
 * Reads across streams, from behind `after`. Places of a stream that was erased as a whole are passed over, because to erase one is a decision, and
 * must not stand in the way of all others for ever; so are those from before a stream that has begun anew. An event that is missing from a
 * stream that is there is damage: `ND_CORRUPT_EVENT`.
 */
export async function pageOfAll(
  connection: RedisConnection,
  after: string | undefined,
  limit: number,
): Promise<GlobalPage> {
  let page = await onePage(connection, after, limit);
  while (page.events.length === 0 && page.hasMore) page = await onePage(connection, page.cursor, limit);
  return page;
}

/**
 * One page of the order across streams, in two round trips: which events come next, and the events. Those of one stream follow each
 * other in the page without a gap, so one read for each stream gets them. It passes one place at least, unless there is none.
 */
async function onePage(connection: RedisConnection, after: string | undefined, limit: number): Promise<GlobalPage> {
  const { keys } = connection;
  const most = Math.min(limit, LONGEST_PAGE);
  const entries = await connection.command((client) =>
    client.xrange(keys.allEvents, after === undefined ? '-' : `(${after}`, '+', 'COUNT', most + 1),
  );
  const places = withoutJumps(entries.slice(0, most).map(placeOf));
  const parts = await partsOf(connection, places);
  const events: StreamEvent[] = [];
  let passed = 0;
  for (const { cursor, streamId, sequenceId } of places) {
    const part = parts.get(streamId);
    if (part !== undefined && part.version > 0 && !isBefore(cursor, part.begunAt)) {
      const event = part.events.get(sequenceId);
      // A read brings some megabytes at most, and one event at least: what is behind them is the next page's.
      const isBehind = part.events.size > 0 && sequenceId <= part.version;
      if (event === undefined && isBehind) break;
      if (event === undefined) throw missingEvent(streamId, sequenceId);
      events.push(event);
    }
    passed++;
  }
  return { events, cursor: places[passed - 1]?.cursor ?? after, hasMore: passed < entries.length };
}

async function partsOf(connection: RedisConnection, places: readonly Place[]): Promise<Map<string, StreamPart>> {
  const ranges = new Map<string, { from: number; to: number }>();
  for (const { streamId, sequenceId } of places) {
    const range = ranges.get(streamId);
    if (range === undefined) ranges.set(streamId, { from: sequenceId, to: sequenceId });
    else range.to = sequenceId;
  }
  const calls = [...ranges].map(([streamId, { from, to }]) => ({
    script: LOAD_IN_ORDER,
    keys: [connection.keys.stream(streamId), connection.keys.transactions(streamId)],
    args: [from, to],
  }));
  const answers = await connection.runAll(calls);
  const parts = new Map<string, StreamPart>();
  for (const [i, [streamId, { from }]] of [...ranges].entries()) {
    const answer = answers[i];
    if (answer?.status !== 'fulfilled') throw answer?.reason;
    const [version, begunAt, ...pieces] = answer.value as [number, string, ...EventEntry[][]];
    const events = eventsOf(streamId, pieces.flat(), from).map((event): StreamEvent => ({ ...event, streamId }));
    parts.set(streamId, { version, begunAt, events: new Map(events.map((event) => [event.sequenceId, event])) });
  }
  return parts;
}

/** Up to where a stream begins anew: there a page ends. */
function withoutJumps(places: readonly Place[]): readonly Place[] {
  const last = new Map<string, number>();
  const end = places.findIndex(({ streamId, sequenceId }) => {
    const before = last.get(streamId);
    last.set(streamId, sequenceId);
    return before !== undefined && sequenceId !== before + 1;
  });
  return end < 0 ? places : places.slice(0, end);
}

function placeOf([cursor, [, streamId = '', , sequenceId]]: [string, string[]]): Place {
  return { cursor, streamId, sequenceId: Number(sequenceId) };
}

/** Whether one id of an entry, `<milliseconds>-<number>`, comes before another. */
function isBefore(one: string, other: string): boolean {
  const [ms = 0, number = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms < otherMs || (ms === otherMs && number < otherNumber);
}
