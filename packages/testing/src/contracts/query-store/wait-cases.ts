import assert from 'node:assert/strict';
import { range } from '../support/events.ts';
import type { QueryStoreCase } from './query-store-setup.ts';

const ID = 'Stock/1';
const LONG_MS = 3_600_000;

export const WAIT_CASES: readonly QueryStoreCase[] = [
  {
    name: 'G13 waiting for a version that is there returns it at once',
    async run({ first }) {
      await first.set(ID, 0, 5, 'a');
      assert.deepEqual(await first.getOrWaitUntil(ID, 5, LONG_MS), { id: ID, version: 5, data: 'a' });
      assert.deepEqual(await first.getOrWaitUntil(ID, 3, LONG_MS), { id: ID, version: 5, data: 'a' });
      assert.deepEqual(await first.getOrWaitUntil(ID, 0, LONG_MS), { id: ID, version: 5, data: 'a' });
    },
  },
  {
    name: 'G13 waiting ends as soon as another process has set the version',
    async run({ first, second }) {
      const waiting = first.getOrWaitUntil(ID, 3, LONG_MS);
      let isOver = false;
      const over = waiting.then(() => (isOver = true));
      await second.set(ID, 0, 1, 'a');
      await second.set(ID, 1, 2, 'b');
      assert.equal(isOver, false);
      await second.set(ID, 2, 3, 'c');
      assert.deepEqual(await waiting, { id: ID, version: 3, data: 'c' });
      await over;
    },
  },
  {
    name: 'G13 waiting ends also when the version is jumped over',
    async run({ first, second }) {
      const waiting = first.getOrWaitUntil(ID, 3, LONG_MS);
      await second.set(ID, 0, 10, 'a');
      assert.equal((await waiting).version, 10);
    },
  },
  {
    name: 'G13 many may wait, for one version or several',
    async run({ first, second }) {
      const waiting = range(1, 30).map((i) => (i % 2 === 0 ? first : second).getOrWaitUntil(ID, (i % 3) + 1, LONG_MS));
      for (const version of [1, 2, 3]) await first.set(ID, version - 1, version, version);
      for (const [i, query] of (await Promise.all(waiting)).entries()) assert.ok(query.version >= ((i + 1) % 3) + 1);
    },
  },
  {
    name: 'G13 after the timeout there is what is there then, and no error',
    async run({ first, second, time }) {
      await second.set(ID, 0, 1, 'a');
      const begun = time.now();
      let endedAt = Infinity;
      const waiting = first.getOrWaitUntil(ID, 2, 200).then((query) => {
        endedAt = time.now();
        return query;
      });
      await time.advance(200 + time.toleranceMs);
      assert.deepEqual(await waiting, { id: ID, version: 1, data: 'a' });
      assert.ok(endedAt - begun >= 200 - time.toleranceMs, `it ended after ${endedAt - begun} ms`);
      const nothing = first.getOrWaitUntil('Stock/none', 1, 50);
      await time.advance(50 + time.toleranceMs);
      assert.deepEqual(await nothing, { id: 'Stock/none', version: 0, data: undefined });
    },
  },
  {
    name: 'waiting ends at once when its signal is aborted, with what is there',
    async run({ first }) {
      await first.set(ID, 0, 1, 'a');
      const stop = new AbortController();
      const waiting = first.getOrWaitUntil(ID, 2, LONG_MS, stop.signal);
      stop.abort();
      assert.equal((await waiting).version, 1);
      assert.equal((await first.getOrWaitUntil(ID, 2, LONG_MS, stop.signal)).version, 1);
    },
  },
];
