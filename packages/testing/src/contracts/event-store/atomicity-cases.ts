import assert from 'node:assert/strict';
import { failsWith } from '../support/codes.ts';
import { append, FOREVER, loadAll, payloads, range, versionOf } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';

export const ATOMICITY_CASES: readonly EventStoreCase[] = [
  {
    name: 'an append that fails at its last event leaves nothing',
    async run({ first, second, time }) {
      await append(first, STREAM, 't1', 0, ['a']);
      const impossible = ['b', 'c', { a: (): number => 1 }];
      await failsWith('ND_NOT_REPRESENTABLE', () => append(first, STREAM, 't2', 1, impossible));
      assert.deepEqual(payloads(await loadAll(second, STREAM)), ['a']);
      assert.deepEqual(await second.loadUncommitted(STREAM, 't2'), []);
      await time.advance(10);
      const left = await second.findUncommitted({ olderThan: time.now() + time.toleranceMs, limit: 10 });
      assert.deepEqual(
        left.map(({ transactionId }) => transactionId),
        ['t1'],
      );
      assert.deepEqual(await append(second, STREAM, 't2', 1, ['b']), { version: 2, duplicate: false });
    },
  },
  {
    name: 'an append that begins a stream and fails leaves no stream',
    async run({ first, second }) {
      await failsWith('ND_NOT_REPRESENTABLE', () => append(first, STREAM, 't1', 0, ['a', Symbol('no')]));
      assert.equal(await versionOf(second, STREAM), 0);
      assert.deepEqual(await append(second, STREAM, 't1', 0, ['a']), { version: 1, duplicate: false });
    },
  },
  {
    name: 'no reader ever sees half of an append',
    async run({ first, second }) {
      const written = new AbortController();
      const write = async (): Promise<void> => {
        for (const i of range(0, 19)) await append(first, STREAM, `t${i}`, i * 10, range(1, 10));
        written.abort();
      };
      const read = async (): Promise<void> => {
        while (!written.signal.aborted) {
          const { events, version } = await second.load(STREAM, { from: 1, to: FOREVER, limit: 1_000 });
          assert.equal(version % 10, 0, `version ${version} is within an append of 10 events`);
          assert.equal(events.length % 10, 0, `${events.length} events are a part of an append of 10`);
        }
      };
      await Promise.all([write(), read(), read()]);
      assert.equal(await versionOf(second, STREAM), 200);
    },
  },
];
