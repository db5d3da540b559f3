import assert from 'node:assert/strict';
import { FaultyEventStoreDb } from '../../faults/faulty-event-store-db.ts';
import { FaultPlan } from '../../faults/fault-plan.ts';
import { append, FOREVER, loadAll, payloads, range } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';

export const TRANSACTION_CASES: readonly EventStoreCase[] = [
  {
    name: 'G3 the same transaction again is a no-op that succeeds',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a', 'b']);
      assert.deepEqual(await append(second, STREAM, 't1', 0, ['a', 'b']), { version: 2, duplicate: true });
      assert.deepEqual(await append(first, STREAM, 't1', 2, ['c']), { version: 2, duplicate: true });
      assert.deepEqual(payloads(await loadAll(first, STREAM)), ['a', 'b']);
    },
  },
  {
    name: 'G3 the same transaction again is a no-op also when later events followed, and after it was committed',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await first.commit(STREAM, 't1');
      for (const i of range(1, 50)) await append(first, STREAM, `later-${i}`, i, [i]);
      assert.deepEqual(await append(second, STREAM, 't1', 0, ['a']), { version: 1, duplicate: true });
      assert.deepEqual(await append(second, STREAM, 'later-7', 7, [7]), { version: 8, duplicate: true });
      assert.equal((await loadAll(first, STREAM)).length, 51);
      assert.deepEqual(await second.loadUncommitted(STREAM, 't1'), []);
    },
  },
  {
    name: 'G3 the same transaction is stored once when two processes append it at the same time',
    async run({ first, second }) {
      const results = await Promise.all(
        range(1, 10).map((i) => append(i % 2 === 0 ? first : second, STREAM, 't1', 0, ['a'])),
      );
      assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1);
      assert.ok(results.every(({ version }) => version === 1));
      assert.deepEqual(payloads(await loadAll(first, STREAM)), ['a']);
    },
  },
  {
    name: 'G3 an append whose answer was lost succeeds when it is tried again, and is stored once',
    async run({ first, second }) {
      const plan = new FaultPlan().loseAnswer('append', 1);
      const faulty = new FaultyEventStoreDb(first, plan);
      await assert.rejects(append(faulty, STREAM, 't1', 0, ['a', 'b']));
      assert.deepEqual(await append(faulty, STREAM, 't1', 0, ['a', 'b']), { version: 2, duplicate: true });
      assert.deepEqual(payloads(await loadAll(second, STREAM)), ['a', 'b']);
      assert.equal((await second.loadUncommitted(STREAM, 't1')).length, 2);
    },
  },
  {
    name: 'G3 the same transaction id on another stream is another transaction',
    async run({ first }) {
      await append(first, STREAM, 't1', 0, ['a']);
      assert.deepEqual(await append(first, 'Sale/2', 't1', 0, ['b']), { version: 1, duplicate: false });
      assert.deepEqual(payloads(await loadAll(first, 'Sale/2')), ['b']);
    },
  },
  {
    name: 'G3 a transaction that was refused may be tried again with the right version',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await assert.rejects(append(second, STREAM, 't2', 0, ['b']));
      assert.deepEqual(await append(second, STREAM, 't2', 1, ['b']), { version: 2, duplicate: false });
    },
  },
  {
    name: 'G3 reading tells whether the stream holds a transaction, in whatever part of it',
    async run({ first, second }) {
      for (const i of range(1, 60)) await append(first, STREAM, `t${i}`, i - 1, [i]);
      const holds = async (transactionId: string | undefined, from: number): Promise<boolean> =>
        (await second.load(STREAM, { from, to: FOREVER, limit: 5, transactionId })).holdsTransaction;
      assert.equal(await holds('t3', 50), true);
      assert.equal(await holds('t59', 1), true);
      assert.equal(await holds('t60', 61), true);
      assert.equal(await holds('t', 1), false);
      assert.equal(await holds('t61', 1), false);
      assert.equal(await holds(undefined, 1), false);
      assert.equal(
        (await second.load('Sale/2', { from: 1, to: 1, limit: 1, transactionId: 't3' })).holdsTransaction,
        false,
      );
    },
  },
];
