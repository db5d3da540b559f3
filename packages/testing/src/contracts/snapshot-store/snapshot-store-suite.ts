import assert from 'node:assert/strict';
import type { Snapshot, SnapshotStore } from '@ndomain/core';
import { registerSuite, type Case, type SuiteSetup, type TestRunner } from '../suite.ts';
import { range } from '../support/events.ts';
import { ODD_IDS } from '../support/ids.ts';
import { SAMPLES } from '../support/payloads.ts';

/** An empty storage of snapshots, opened twice. */
export interface SnapshotStoreBackend {
  readonly first: SnapshotStore;
  /** Another instance on the same storage, as another process has. */
  readonly second: SnapshotStore;
}

export type SnapshotStoreSetup = SuiteSetup<SnapshotStoreBackend>;

const STREAM = 'Sale/1';
const snapshot = (version: number, data: unknown = { version }, madeBy = 'r1'): Snapshot => ({ version, madeBy, data });

const CASES: readonly Case<SnapshotStoreBackend, SnapshotStoreSetup>[] = [
  {
    name: 'a stream without a snapshot has none',
    async run({ first }) {
      assert.equal(await first.load(STREAM), undefined);
    },
  },
  {
    name: 'the most recent snapshot is loaded, by every process',
    async run({ first, second }) {
      await first.save(STREAM, snapshot(10));
      assert.deepEqual(await second.load(STREAM), snapshot(10));
      await second.save(STREAM, snapshot(20));
      assert.deepEqual(await first.load(STREAM), snapshot(20));
    },
  },
  {
    name: 'an older snapshot does not replace a newer one',
    async run({ first, second }) {
      await first.save(STREAM, snapshot(20));
      await second.save(STREAM, snapshot(10));
      assert.deepEqual(await first.load(STREAM), snapshot(20));
    },
  },
  {
    name: 'a snapshot of the same version replaces it',
    async run({ first }) {
      await first.save(STREAM, snapshot(20, 'one'));
      await first.save(STREAM, snapshot(20, 'other'));
      assert.equal((await first.load(STREAM))?.version, 20);
    },
  },
  {
    name: 'G15 a snapshot by other code replaces it, whatever its version',
    async run({ first, second }) {
      await first.save(STREAM, snapshot(20, 'old', 'r1'));
      await second.save(STREAM, snapshot(10, 'new', '#7hQ-x_1'));
      assert.deepEqual(await first.load(STREAM), snapshot(10, 'new', '#7hQ-x_1'));
    },
  },
  {
    name: 'of many that save at the same time the newest stays',
    async run({ first, second }) {
      await Promise.all(range(1, 20).map((i) => (i % 2 === 0 ? first : second).save(STREAM, snapshot((i * 7) % 20))));
      assert.equal((await first.load(STREAM))?.version, 19);
    },
  },
  {
    name: 'streams whose ids are odd or alike have snapshots of their own',
    async run({ first, second }) {
      for (const id of ODD_IDS) await first.save(`Sale/${id}`, snapshot(1, id));
      for (const id of ODD_IDS) assert.deepEqual(await second.load(`Sale/${id}`), snapshot(1, id));
    },
  },
  ...SAMPLES.map(({ name, payload, expected = payload }): Case<SnapshotStoreBackend, SnapshotStoreSetup> => ({
    name: `G11 a State comes back as it went in: ${name}`,
    async run({ first, second }) {
      await first.save(STREAM, { version: 1, madeBy: 'r1', data: payload });
      assert.deepStrictEqual((await second.load(STREAM))?.data, expected);
    },
  })),
  {
    name: 'G11 changing what was saved or loaded changes nothing in the store',
    async run({ first }) {
      const data = { list: [1], map: new Map([['a', { b: 1 }]]) };
      await first.save(STREAM, snapshot(1, data));
      data.list.push(2);
      data.map.clear();
      const loaded = (await first.load(STREAM))?.data as typeof data;
      loaded.list.push(3);
      loaded.map.clear();
      assert.deepEqual((await first.load(STREAM))?.data, { list: [1], map: new Map([['a', { b: 1 }]]) });
    },
  },
];

/** Registers everything that a storage of snapshots has to prove. */
export function snapshotStoreSuite(setup: SnapshotStoreSetup, runner: TestRunner): void {
  registerSuite('snapshot store', CASES, setup, runner);
}
