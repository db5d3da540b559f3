import assert from 'node:assert/strict';
import type { QueryStore } from '@ndomain/core';
import { range } from '../support/events.ts';
import type { QueryStoreCase } from './query-store-setup.ts';

export const LIST_CASES: readonly QueryStoreCase[] = [
  {
    name: 'those whose ids begin alike are listed, and no others',
    async run({ first, second }) {
      await setAll(first, ['A/1', 'A/2', 'A', 'AA/1', 'B/1', 'A/', 'a/1', 'A0']);
      assert.deepEqual(await ids(second, 'A/', 10), ['A/', 'A/1', 'A/2']);
      assert.deepEqual(await ids(second, 'B/', 10), ['B/1']);
      assert.deepEqual(await ids(second, 'C/', 10), []);
      assert.equal((await ids(second, '', 10)).length, 8);
    },
  },
  {
    name: 'a prefix of any characters is meant as it is',
    async run({ first, second }) {
      await setAll(first, ['100%/1', '1000/1', 'a_b/1', 'aXb/1', 'a*/1', 'a\\/1', "it's/1"]);
      for (const prefix of ['100%/', 'a_b/', 'a*/', 'a\\/', "it's/"]) {
        assert.deepEqual(await ids(second, prefix, 10), [`${prefix}1`]);
      }
    },
  },
  {
    name: 'they are listed in order of their ids, by UTF-16 units',
    async run({ first, second }) {
      const all = ['V/10', 'V/9', 'V/a', 'V/B', 'V/é', 'V/z', 'V/\uffff', 'V/😀', 'V/ ', 'V/-'];
      await setAll(first, all);
      assert.deepEqual(await ids(second, 'V/', 100), all.toSorted());
    },
  },
  {
    name: 'G10 pages of every size give every one once, with version and data',
    async run({ first, second }) {
      const all = range(1, 25).map((i) => `V/${String(i).padStart(3, '0')}`);
      await setAll(first, all.toReversed());
      await setAll(first, ['W/1', 'U/1']);
      for (const limit of [1, 2, 24, 25, 26]) {
        const found: string[] = [];
        for (let after: string | undefined; ;) {
          const page = await second.list({ prefix: 'V/', after, limit });
          assert.ok(page.length <= limit);
          for (const { id, version, data } of page) assert.deepEqual([version, data], [1, { id }]);
          found.push(...page.map(({ id }) => id));
          assert.ok(found.length <= 100, 'the pages do not come to an end');
          after = page.at(-1)?.id;
          if (page.length < limit || after === undefined) break;
        }
        assert.deepEqual(found, all, `pages of ${limit}`);
      }
    },
  },
  {
    name: 'a page goes on behind an id that does not exist',
    async run({ first }) {
      await setAll(first, ['V/1', 'V/3']);
      const page = await first.list({ prefix: 'V/', after: 'V/2', limit: 10 });
      assert.deepEqual(
        page.map(({ id }) => id),
        ['V/3'],
      );
    },
  },
];

async function setAll(store: QueryStore, all: readonly string[]): Promise<void> {
  for (const id of all) await store.set(id, 0, 1, { id });
}

async function ids(store: QueryStore, prefix: string, limit: number): Promise<string[]> {
  return (await store.list({ prefix, limit })).map(({ id }) => id);
}
