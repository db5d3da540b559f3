import assert from 'node:assert/strict';
import { assertFields, failsWith } from '../support/codes.ts';
import { range } from '../support/events.ts';
import { ODD_IDS } from '../support/ids.ts';
import { SAMPLES, UNREPRESENTABLE } from '../support/payloads.ts';
import type { QueryStoreCase } from './query-store-setup.ts';

const ID = 'Stock/1';

export const STORE_CASES: readonly QueryStoreCase[] = [
  {
    name: 'an id that is not known has version 0 and no data',
    async run({ first }) {
      assert.deepEqual(await first.get(ID), { id: ID, version: 0, data: undefined });
    },
  },
  {
    name: 'what was set is read, by every process',
    async run({ first, second }) {
      assert.equal(await first.set(ID, 0, 1, { units: 5 }), true);
      assert.deepEqual(await second.get(ID), { id: ID, version: 1, data: { units: 5 } });
      assert.equal(await second.set(ID, 1, 7, { units: 4 }), true);
      assert.deepEqual(await first.get(ID), { id: ID, version: 7, data: { units: 4 } });
    },
  },
  {
    name: 'G4 setting is conditional on the version that it replaces',
    async run({ first, second }) {
      assert.equal(await first.set(ID, 1, 2, 'x'), false);
      assert.equal((await second.get(ID)).version, 0);
      assert.equal(await first.set(ID, 0, 3, 'a'), true);
      for (const wrong of [0, 1, 2, 4]) assert.equal(await second.set(ID, wrong, 9, 'x'), false);
      assert.deepEqual(await first.get(ID), { id: ID, version: 3, data: 'a' });
    },
  },
  {
    name: 'G4 of many who replace one version at once exactly one succeeds',
    async run({ first, second }) {
      for (const from of [0, 1]) {
        const set = await Promise.all(
          range(1, 20).map((i) => (i % 2 === 0 ? first : second).set(ID, from, from + 1, i)),
        );
        assert.equal(set.filter(Boolean).length, 1);
        assert.deepEqual(await first.get(ID), { id: ID, version: from + 1, data: set.indexOf(true) + 1 });
      }
    },
  },
  {
    name: 'data may be null, which is not nothing',
    async run({ first, second }) {
      await first.set(ID, 0, 1, null);
      assert.deepEqual(await second.get(ID), { id: ID, version: 1, data: null });
    },
  },
  {
    name: 'ids that are odd or alike are told apart',
    async run({ first, second }) {
      for (const id of ODD_IDS) assert.equal(await first.set(`V/${id}`, 0, 1, id), true, JSON.stringify(id));
      for (const id of ODD_IDS) assert.deepEqual(await second.get(`V/${id}`), { id: `V/${id}`, version: 1, data: id });
    },
  },
  ...SAMPLES.map(({ name, payload, expected = payload }): QueryStoreCase => ({
    name: `G11 data comes back as it went in: ${name}`,
    async run({ first, second }) {
      await first.set(ID, 0, 1, payload);
      assert.deepStrictEqual((await second.get(ID)).data, expected);
    },
  })),
  ...UNREPRESENTABLE.map(({ name, payload, path }): QueryStoreCase => ({
    name: `G11 data is refused, naming the place: ${name}`,
    async run({ first }) {
      assertFields(await failsWith('ND_NOT_REPRESENTABLE', () => first.set(ID, 0, 1, payload)), { path });
      assert.equal((await first.get(ID)).version, 0);
    },
  })),
  {
    name: 'G11 changing what was set or read changes nothing in the store',
    async run({ first }) {
      const data = { list: [1] };
      await first.set(ID, 0, 1, data);
      data.list.push(2);
      ((await first.get(ID)).data as typeof data).list.push(3);
      ((await first.getOrWaitUntil(ID, 1, 10)).data as typeof data).list.push(4);
      assert.deepEqual((await first.get(ID)).data, { list: [1] });
    },
  },
];
