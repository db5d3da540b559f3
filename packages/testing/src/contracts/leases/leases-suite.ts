import assert from 'node:assert/strict';
import type { Leases } from '@ndomain/core';
import type { SuiteTime } from '../../time/suite-time.ts';
import { registerSuite, type Case, type SuiteSetup, type TestRunner } from '../suite.ts';
import { range } from '../support/events.ts';

/** Leases of which nobody holds any, opened twice. */
export interface LeasesBackend {
  readonly first: Leases;
  /** Another instance on the same backend, as another process has. */
  readonly second: Leases;
  readonly time: SuiteTime;
}

export interface LeasesSetup extends SuiteSetup<LeasesBackend> {
  /** How long leases last in these cases, in milliseconds: as short as the backend and its tests' patience allow. */
  readonly durationMs: number;
}

const NAME = 'endpoint/sales/3';

const CASES: readonly Case<LeasesBackend, LeasesSetup>[] = [
  {
    name: 'a lease that nobody holds is granted, and then to nobody else, nor again to its holder',
    async run({ first, second }, { durationMs }) {
      const lease = await first.acquire(NAME, 'one', durationMs);
      assert.deepEqual([lease?.name, lease?.owner, lease?.wasAbandoned], [NAME, 'one', false]);
      assert.equal(await second.acquire(NAME, 'other', durationMs), undefined);
      assert.equal(await first.acquire(NAME, 'one', durationMs), undefined);
      assert.ok(await second.acquire('endpoint/sales/4', 'other', durationMs));
    },
  },
  {
    name: 'of many who try at once exactly one is granted it, with two processes too',
    async run({ first, second }, { durationMs }) {
      const granted = await Promise.all(
        range(1, 20).map((i) => (i % 2 === 0 ? first : second).acquire(NAME, `owner-${i}`, durationMs)),
      );
      assert.equal(granted.filter((lease) => lease !== undefined).length, 1);
    },
  },
  {
    name: 'a lease that was given up is free at once, and was not abandoned',
    async run({ first, second }, { durationMs }) {
      const lease = await first.acquire(NAME, 'one', durationMs);
      assert.ok(lease);
      await first.release(lease);
      const next = await second.acquire(NAME, 'other', durationMs);
      assert.equal(next?.wasAbandoned, false);
      assert.ok(next.fence > lease.fence);
    },
  },
  {
    name: 'G7 a lease of a process that died is free when it is over, not before, and says that it was abandoned',
    async run({ first, second, time }, { durationMs }) {
      const lease = await first.acquire(NAME, 'one', durationMs);
      await time.advance(durationMs - 2 * time.toleranceMs - 1);
      assert.equal(await second.acquire(NAME, 'other', durationMs), undefined);
      await time.advance(3 * time.toleranceMs + 1);
      const next = await second.acquire(NAME, 'other', durationMs);
      assert.equal(next?.wasAbandoned, true);
      assert.ok(lease && next.fence > lease.fence);
    },
  },
  {
    name: 'a lease that is renewed lasts from then on',
    async run({ first, second, time }, { durationMs }) {
      const lease = await first.acquire(NAME, 'one', durationMs);
      assert.ok(lease);
      for (let i = 0; i < 4; i++) {
        await time.advance(durationMs / 2);
        assert.equal(await first.renew(lease, durationMs), true);
      }
      assert.equal(await second.acquire(NAME, 'other', durationMs), undefined);
    },
  },
  {
    name: 'a lease that is over cannot be renewed, whether somebody else has it or nobody',
    async run({ first, second, time }, { durationMs }) {
      const lease = await first.acquire(NAME, 'one', durationMs);
      assert.ok(lease);
      await time.advance(durationMs + time.toleranceMs);
      assert.equal(await first.renew(lease, durationMs), false);
      assert.ok(await second.acquire(NAME, 'other', durationMs));
      assert.equal(await first.renew(lease, durationMs), false);
    },
  },
  {
    name: 'giving up a lease that is somebody else’s by now does nothing to it, though the owner be of one name',
    async run({ first, second, time }, { durationMs }) {
      const lease = await first.acquire(NAME, 'one', durationMs);
      assert.ok(lease);
      await time.advance(durationMs + time.toleranceMs);
      const next = await second.acquire(NAME, 'one', durationMs);
      assert.ok(next);
      await first.release(lease);
      assert.equal(await first.renew(lease, durationMs), false);
      assert.equal(await second.renew(next, durationMs), true);
    },
  },
  {
    name: 'fences rise with every grant of a name, for ever',
    async run({ first, second }, { durationMs }) {
      let last = 0;
      for (const i of range(1, 10)) {
        const leases = i % 2 === 0 ? first : second;
        const lease = await leases.acquire(NAME, 'one', durationMs);
        assert.ok(lease && lease.fence > last);
        last = lease.fence;
        await leases.release(lease);
      }
    },
  },
  {
    name: 'the leases that are held are listed by prefix, in order, without those that are over or given up',
    async run({ first, second, time }, { durationMs }) {
      await first.acquire('a/over', 'one', durationMs);
      await time.advance(durationMs + time.toleranceMs);
      for (const name of ['a/2', 'b/1', 'a/1', 'a%/1', 'a_/1']) await first.acquire(name, 'one', 60_000);
      const given = await second.acquire('a/3', 'other', 60_000);
      assert.ok(given);
      await second.release(given);
      const names = async (prefix: string): Promise<string[]> => (await second.list(prefix)).map(({ name }) => name);
      assert.deepEqual(await names('a/'), ['a/1', 'a/2']);
      assert.deepEqual(await names('a%'), ['a%/1']);
      assert.deepEqual(await names('c'), []);
      assert.equal((await second.list('b/'))[0]?.owner, 'one');
    },
  },
];

/** Registers everything that a backend of leases has to prove. */
export function leasesSuite(setup: LeasesSetup, runner: TestRunner): void {
  registerSuite('leases', CASES, setup, runner);
}
