import assert from 'node:assert/strict';
import {
  aggregateIdOf,
  type AggregateEvent,
  type AppendResult,
  type EventStoreDb,
  type StreamPage,
  type StreamRange,
} from '@ndomain/core';

export const FOREVER = Number.MAX_SAFE_INTEGER;

/** Events that follow a version, with these payloads. */
export function eventsAfter(
  version: number,
  payloads: readonly unknown[],
  { streamId = 'Sale/1', transactionId = 't' }: { streamId?: string; transactionId?: string } = {},
): AggregateEvent[] {
  return payloads.map((payload, i) => ({
    aggregateId: aggregateIdOf(streamId),
    sequenceId: version + i + 1,
    date: new Date('2010-12-01T08:26:00.123Z'),
    name: 'Happened',
    revision: 1,
    payload,
    transactionId,
    metadata: {},
  }));
}

/** Appends events with these payloads. The result is without what is told of earlier appends: a case of its own looks at that. */
export async function append(
  db: EventStoreDb,
  streamId: string,
  transactionId: string,
  expectedVersion: number,
  payloads: readonly unknown[] = [{}],
): Promise<AppendResult> {
  const events = eventsAfter(expectedVersion, payloads, { streamId, transactionId });
  const { version, duplicate } = await db.append(streamId, transactionId, expectedVersion, events);
  return { version, duplicate };
}

/** All events of a stream, read page by page. */
export async function loadAll(db: EventStoreDb, streamId: string, limit = 1_000): Promise<readonly AggregateEvent[]> {
  return (await loadRange(db, streamId, { from: 1, to: FOREVER, limit })).events;
}

/** All events of a range, read page by page, with what the first page says of the stream. */
export async function loadRange(db: EventStoreDb, streamId: string, range: StreamRange): Promise<StreamPage> {
  const { to, limit } = range;
  const first = await db.load(streamId, range);
  const events: AggregateEvent[] = [];
  let page = first;
  for (let { from } = range; ;) {
    assert.ok(page.events.length <= limit, `asked for ${limit} events at most, got ${page.events.length}`);
    events.push(...page.events);
    const last = page.events.at(-1);
    if (last === undefined || !page.hasMore) return { ...first, events, hasMore: false };
    // A store that returns the same page for ever is to fail, not to hang.
    assert.ok(last.sequenceId >= from, `asked for ${from} and more, got up to ${last.sequenceId}`);
    from = last.sequenceId + 1;
    page = await db.load(streamId, { from, to, limit });
  }
}

export async function versionOf(db: EventStoreDb, streamId: string): Promise<number> {
  return (await db.load(streamId, { from: 1, to: FOREVER, limit: 1 })).version;
}

export function sequenceIds(events: readonly AggregateEvent[]): number[] {
  return events.map(({ sequenceId }) => sequenceId);
}

export function payloads(events: readonly AggregateEvent[]): unknown[] {
  return events.map(({ payload }) => payload);
}

/** The numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
