import assert from 'node:assert/strict';
import type { EventStoreDb, UncommittedAppend } from '@ndomain/core';
import { append, eventsAfter, loadAll, payloads, range, sequenceIds } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';
/** Longer than any clock's step, so that what follows is stored at a later moment. */
const MOMENT_MS = 20;

export const UNCOMMITTED_CASES: readonly EventStoreCase[] = [
  {
    name: 'G1 an append is uncommitted until it is committed, for every process',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a', 'b']);
      for (const db of [first, second]) {
        const events = await db.loadUncommitted(STREAM, 't1');
        assert.deepEqual(payloads(events), ['a', 'b']);
        assert.deepEqual(sequenceIds(events), [1, 2]);
      }
      await second.commit(STREAM, 't1');
      for (const db of [first, second]) assert.deepEqual(await db.loadUncommitted(STREAM, 't1'), []);
      assert.equal((await loadAll(first, STREAM)).length, 2);
    },
  },
  {
    name: 'G5 an append tells of those before it in its stream that are not committed, in order',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await append(first, STREAM, 't2', 1, ['b']);
      await append(first, 'Sale/2', 'other', 0, ['x']);
      const third = await first.append(
        STREAM,
        't3',
        2,
        eventsAfter(2, ['c'], { streamId: STREAM, transactionId: 't3' }),
      );
      assert.deepEqual(third.uncommittedBefore, ['t1', 't2']);
      for (const id of ['t1', 't2', 't3']) await second.commit(STREAM, id);
      const last = await first.append(
        STREAM,
        't4',
        3,
        eventsAfter(3, ['d'], { streamId: STREAM, transactionId: 't4' }),
      );
      assert.equal(last.uncommittedBefore, undefined);
    },
  },
  {
    name: 'G5 what is uncommitted in one stream is found in its order, however many other streams have some',
    async run({ first, second }) {
      const others = range(1, 60).map((i) => `Sale/other-${i}`);
      for (const streamId of others) await append(first, streamId, 't', 0, ['x']);
      await append(first, STREAM, 't1', 0, ['a', 'b']);
      await append(first, STREAM, 't2', 2, ['c']);
      await append(first, STREAM, 't3', 3, ['d']);
      const query = { olderThan: Number.MAX_SAFE_INTEGER, streamId: STREAM };
      const ids = async (limit: number): Promise<string[]> =>
        (await second.findUncommitted({ ...query, limit })).map(({ transactionId }) => transactionId);
      assert.deepEqual(await ids(1_000), ['t1', 't2', 't3']);
      assert.deepEqual(await ids(Number.MAX_SAFE_INTEGER), ['t1', 't2', 't3']);
      assert.deepEqual(await ids(2), ['t1', 't2']);
      await first.commit(STREAM, 't2');
      assert.deepEqual(await ids(1_000), ['t1', 't3']);
      const ofNone = await second.findUncommitted({ ...query, streamId: 'Sale/none', limit: 10 });
      assert.deepEqual(ofNone, []);
    },
  },
  {
    name: 'G1 uncommitted events are read back as the stream has them',
    async run({ first, second }) {
      await append(first, STREAM, 't0', 0, ['a']);
      await append(first, STREAM, 't1', 1, [{ b: new Date(0) }, 'c']);
      assert.deepEqual(await second.loadUncommitted(STREAM, 't1'), (await loadAll(second, STREAM)).slice(1));
    },
  },
  {
    name: 'G1 committing one append leaves the others',
    async run({ first, second, time }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await append(first, STREAM, 't2', 1, ['b']);
      await append(first, 'Sale/2', 't1', 0, ['c']);
      await second.commit(STREAM, 't1');
      assert.deepEqual(payloads(await first.loadUncommitted(STREAM, 't2')), ['b']);
      assert.deepEqual(payloads(await first.loadUncommitted('Sale/2', 't1')), ['c']);
      assert.deepEqual(shown(await allUncommitted(second, time.now() + 60_000)), ['Sale/1 t2', 'Sale/2 t1']);
    },
  },
  {
    name: 'committing twice, or what does not exist, changes nothing',
    async run({ first, second, time }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await first.commit(STREAM, 't1');
      await second.commit(STREAM, 't1');
      await first.commit(STREAM, 'never');
      await first.commit('Sale/none', 't1');
      assert.deepEqual(await first.loadUncommitted(STREAM, 'never'), []);
      assert.deepEqual(await first.loadUncommitted('Sale/none', 't1'), []);
      assert.deepEqual(await allUncommitted(first, time.now() + 60_000), []);
      assert.deepEqual(payloads(await loadAll(first, STREAM)), ['a']);
    },
  },
  {
    name: 'G3 a duplicate does not make a committed append uncommitted again',
    async run({ first, second, time }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await first.commit(STREAM, 't1');
      await append(second, STREAM, 't1', 0, ['a']);
      assert.deepEqual(await second.loadUncommitted(STREAM, 't1'), []);
      assert.deepEqual(await allUncommitted(second, time.now() + 60_000), []);
    },
  },
  {
    name: 'G1 what another process left uncommitted is found, oldest first',
    async run({ first, second, time }) {
      const before = time.now();
      for (const i of range(1, 5)) {
        await append(first, `Sale/${i}`, 't', 0, [i]);
        await time.advance(MOMENT_MS);
      }
      await first.commit('Sale/3', 't');
      const found = await allUncommitted(second, time.now() + time.toleranceMs);
      assert.deepEqual(shown(found), ['Sale/1 t', 'Sale/2 t', 'Sale/4 t', 'Sale/5 t']);
      for (const { storedAt } of found) {
        assert.ok(storedAt >= before - time.toleranceMs && storedAt <= time.now() + time.toleranceMs);
      }
    },
  },
  {
    name: 'G1 the search for uncommitted appends honours the age',
    async run({ first, second, time }) {
      await append(first, 'Sale/1', 't', 0);
      await time.advance(MOMENT_MS);
      await append(first, 'Sale/2', 't', 0);
      const [older, younger] = await allUncommitted(second, time.now() + 60_000);
      assert.ok(older && younger && older.storedAt < younger.storedAt);
      assert.deepEqual(await allUncommitted(second, older.storedAt), []);
      assert.deepEqual(shown(await allUncommitted(second, younger.storedAt)), ['Sale/1 t']);
      assert.deepEqual(shown(await allUncommitted(second, younger.storedAt + 1)), ['Sale/1 t', 'Sale/2 t']);
    },
  },
  {
    name: 'G1 the search for uncommitted appends honours the limit, and gets to all of them',
    async run({ first, second, time }) {
      for (const i of range(1, 25)) await append(first, `Sale/${i}`, 't', 0, [i]);
      const done: string[] = [];
      for (;;) {
        const found = await second.findUncommitted({ olderThan: time.now() + 60_000, limit: 10 });
        assert.ok(found.length <= 10);
        if (found.length === 0) break;
        for (const { streamId, transactionId } of found) await second.commit(streamId, transactionId);
        done.push(...found.map(({ streamId }) => streamId));
        assert.ok(done.length <= 25, 'what was committed is found again');
      }
      assert.deepEqual(
        done.toSorted(),
        range(1, 25)
          .map((i) => `Sale/${i}`)
          .toSorted(),
      );
    },
  },
];

function allUncommitted(db: EventStoreDb, olderThan: number): Promise<readonly UncommittedAppend[]> {
  return db.findUncommitted({ olderThan, limit: 1_000 });
}

function shown(appends: readonly UncommittedAppend[]): string[] {
  return appends.map(({ streamId, transactionId }) => `${streamId} ${transactionId}`).toSorted();
}
