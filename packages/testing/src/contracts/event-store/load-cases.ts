import assert from 'node:assert/strict';
import { EventStore, type EventStoreDb } from '@ndomain/core';
import { append, FOREVER, loadAll, range, sequenceIds } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';
const LONGEST_STREAM = 100_000;
const PER_APPEND = 100;

export const LOAD_CASES: readonly EventStoreCase[] = [
  {
    name: 'a stream that does not exist is empty',
    async run({ first }) {
      const nothing = { events: [], version: 0, hasMore: false, holdsTransaction: false };
      assert.deepEqual(await first.load('Sale/none', { from: 1, to: FOREVER, limit: 10 }), nothing);
    },
  },
  {
    name: 'another process sees what was appended',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a']);
      assert.deepEqual(await loadAll(second, STREAM), await loadAll(first, STREAM));
      assert.equal((await loadAll(second, STREAM)).length, 1);
    },
  },
  loadCase('all of it', { from: 1, to: FOREVER }, range(1, 12)),
  loadCase('from a version on', { from: 4, to: FOREVER }, range(4, 12)),
  loadCase('up to a version', { from: 1, to: 9 }, range(1, 9)),
  loadCase('a range', { from: 3, to: 10 }, range(3, 10)),
  loadCase('one event', { from: 7, to: 7 }, [7]),
  loadCase('beyond the end', { from: 13, to: FOREVER }, []),
  loadCase('a range that ends beyond the end', { from: 11, to: 99 }, [11, 12]),
  loadCase('a range that is empty', { from: 5, to: 4 }, []),
  {
    name: 'G5 pages of every size give every event once, in order',
    async run({ first, second }) {
      await appendMany(first, 12, 4);
      for (const limit of range(1, 14)) {
        assert.deepEqual(sequenceIds(await loadAll(second, STREAM, limit)), range(1, 12), `pages of ${limit}`);
      }
    },
  },
  {
    name: 'a page is never longer than asked for, and says that more follows',
    async run({ first }) {
      await appendMany(first, 12, 4);
      const page = await first.load(STREAM, { from: 2, to: FOREVER, limit: 3 });
      assert.ok(page.events.length >= 1 && page.events.length <= 3);
      assert.equal(page.events[0]?.sequenceId, 2);
      assert.equal(page.hasMore, true);
      assert.equal(page.version, 12);
    },
  },
  {
    name: 'reading may stop early',
    async run({ first }) {
      await appendMany(first, 300, PER_APPEND);
      for await (const events of new EventStore(first, () => Promise.resolve()).load(STREAM)) {
        assert.equal(events[0]?.sequenceId, 1);
        break;
      }
      assert.deepEqual(await append(first, STREAM, 'after', 300), { version: 301, duplicate: false });
    },
  },
  {
    name: 'G5 a stream stays in order across 9 → 10, 99 → 100, 999 → 1,000 and 9,999 → 10,000 events',
    async run({ first, second }) {
      await appendMany(first, 10_050, PER_APPEND);
      assert.deepEqual(sequenceIds(await loadAll(second, STREAM)), range(1, 10_050));
      for (const border of [10, 100, 1_000, 10_000]) {
        const { events } = await second.load(STREAM, { from: border - 1, to: border + 1, limit: 10 });
        assert.deepEqual(sequenceIds(events), [border - 1, border, border + 1]);
      }
    },
  },
  {
    name: 'G10 a very long stream is read in pages',
    async run({ first, second }, { longestStream = LONGEST_STREAM }) {
      await appendMany(first, longestStream, PER_APPEND);
      let next = 1;
      for await (const events of new EventStore(second, () => Promise.resolve()).load(STREAM)) {
        assert.ok(events.length <= 1_000);
        for (const { sequenceId } of events) assert.equal(sequenceId, next++);
      }
      assert.equal(next, longestStream + 1);
    },
  },
];

function loadCase(what: string, asked: { from: number; to: number }, expected: number[]): EventStoreCase {
  return {
    name: `a stream can be read: ${what}`,
    async run({ first, second }) {
      await appendMany(first, 12, 5);
      const page = await second.load(STREAM, { ...asked, limit: 100 });
      assert.deepEqual(sequenceIds(page.events), expected);
      assert.equal(page.version, 12);
    },
  };
}

async function appendMany(db: EventStoreDb, count: number, perAppend: number): Promise<void> {
  for (let version = 0; version < count; version += perAppend) {
    const last = Math.min(version + perAppend, count);
    await append(db, STREAM, `t${version}`, version, range(version + 1, last));
    await db.commit(STREAM, `t${version}`);
  }
}
