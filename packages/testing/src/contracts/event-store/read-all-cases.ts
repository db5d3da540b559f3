import assert from 'node:assert/strict';
import { turns } from '../../time/turns.ts';
import type { EventStoreDb, StreamEvent } from '@ndomain/core';
import { failsWith } from '../support/codes.ts';
import { append, range } from '../support/events.ts';
import type { EventStoreCase, EventStoreSetup } from './event-store-setup.ts';

/** More than any case stores: a store that returns the same page for ever is to fail, not to hang. */
const MOST_EVENTS = 1_000;
const unless = ({ capabilities }: EventStoreSetup): string | false =>
  !capabilities.readAll && 'it has no order across streams';

export const READ_ALL_CASES: readonly EventStoreCase[] = [
  {
    name: 'reading across streams is refused where there is no order across them',
    unless: ({ capabilities }) => capabilities.readAll && 'it has an order across streams',
    async run({ first }) {
      await failsWith('ND_UNSUPPORTED', () => first.readAll(undefined, 10));
    },
  },
  {
    name: 'an empty store has nothing to read',
    unless,
    async run({ first }) {
      assert.deepEqual((await first.readAll(undefined, 10)).events, []);
      assert.equal((await first.readAll(undefined, 10)).hasMore, false);
    },
  },
  {
    name: 'G5 all events are read in one order that never changes, each stream in its own, by every process',
    unless,
    async run({ first, second }) {
      for (const i of range(1, 10)) {
        await append(first, 'Sale/1', `a${i}`, (i - 1) * 2, [i, i]);
        await append(second, 'Order/1', `b${i}`, i - 1, [{ at: new Date(i) }]);
      }
      const all = await readFrom(first, undefined, 1_000);
      assert.equal(all.length, 30);
      assertStreamsInOrder(all);
      assert.deepEqual(all[0]?.streamId, 'Sale/1');
      for (const limit of [1, 7, 30]) assert.deepEqual(await readFrom(second, undefined, limit), all);
    },
  },
  {
    name: 'a cursor at the end goes on with what is appended later',
    unless,
    async run({ first, second }) {
      await append(first, 'Sale/1', 't1', 0, ['a', 'b']);
      const page = await first.readAll(undefined, 100);
      const atEnd = await first.readAll(page.cursor, 100);
      assert.deepEqual([atEnd.events.length, atEnd.hasMore], [0, false]);
      await append(first, 'Sale/2', 't2', 0, ['c']);
      for (const cursor of [page.cursor, atEnd.cursor]) {
        assert.deepEqual(
          (await second.readAll(cursor, 100)).events.map(({ payload }) => payload),
          ['c'],
        );
      }
    },
  },
  {
    name: 'a cursor taken while the store was empty misses nothing',
    unless,
    async run({ first, second }) {
      const { cursor } = await first.readAll(undefined, 100);
      await append(first, 'Sale/1', 't1', 0, ['a']);
      assert.equal((await second.readAll(cursor, 100)).events.length, 1);
    },
  },
  {
    name: 'G1 a reader that follows concurrent writers misses nothing and gets nothing twice',
    unless,
    async run({ first, second }) {
      let writing = 8;
      const write = async (writer: number): Promise<void> => {
        const db = writer % 2 === 0 ? first : second;
        for (const i of range(0, 19)) await append(db, `Sale/${writer}`, `t${i}`, i * 2, [i, i]);
        writing--;
      };
      const follow = async (db: EventStoreDb): Promise<StreamEvent[]> => {
        const seen: StreamEvent[] = [];
        for (let after: string | undefined; ;) {
          const wasWriting = writing > 0;
          const page = await db.readAll(after, 5);
          seen.push(...page.events);
          assert.ok(seen.length <= MOST_EVENTS, 'the pages do not come to an end');
          after = page.cursor ?? after;
          if (!page.hasMore && page.events.length === 0) {
            if (!wasWriting) return seen;
            await turns();
          }
        }
      };
      const [one, other] = await Promise.all([follow(first), follow(second), ...range(1, 8).map(write)]);
      assert.equal(one.length, 320);
      assertStreamsInOrder(one);
      assert.deepEqual(other, one);
    },
  },
];

async function readFrom(db: EventStoreDb, from: string | undefined, limit: number): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for (let after = from; ;) {
    const page = await db.readAll(after, limit);
    assert.ok(page.events.length <= limit);
    all.push(...page.events);
    assert.ok(all.length <= MOST_EVENTS, 'the pages do not come to an end');
    if (!page.hasMore) return all;
    after = page.cursor;
  }
}

function assertStreamsInOrder(events: readonly StreamEvent[]): void {
  const versions = new Map<string, number>();
  for (const { streamId, sequenceId } of events) {
    assert.equal(sequenceId, (versions.get(streamId) ?? 0) + 1, `${streamId} is out of order, or has a gap`);
    versions.set(streamId, sequenceId);
  }
}
