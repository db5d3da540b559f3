import assert from 'node:assert/strict';
import { aggregateIdOf, aggregateNameOf, streamIdOf } from '@ndomain/core';
import { throwsWith } from '../support/codes.ts';
import { append, loadAll, payloads } from '../support/events.ts';
import { ODD_IDS } from '../support/ids.ts';
import type { EventStoreCase } from './event-store-setup.ts';

export const ID_CASES: readonly EventStoreCase[] = [
  {
    name: 'aggregate ids of any characters, up to 1 KiB, have streams of their own',
    async run({ first, second }) {
      for (const id of ODD_IDS) {
        const streamId = streamIdOf('Sale', id);
        const result = await append(first, streamId, 't', 0, [id]);
        assert.deepEqual(result, { version: 1, duplicate: false }, `the id ${JSON.stringify(id)} shares a stream`);
      }
      for (const id of ODD_IDS) {
        const [event, ...more] = await loadAll(second, streamIdOf('Sale', id));
        assert.deepEqual([event?.payload, event?.aggregateId, more.length], [id, id, 0]);
        assert.deepEqual(payloads(await second.loadUncommitted(streamIdOf('Sale', id), 't')), [id]);
      }
    },
  },
  {
    name: 'transaction ids of any characters are told apart',
    async run({ first, second }) {
      const ids = ODD_IDS.filter((id) => id.length <= 160);
      let version = 0;
      for (const id of ids) {
        assert.deepEqual(await append(first, 'Sale/1', id, version, [id]), { version: ++version, duplicate: false });
      }
      for (const [i, id] of ids.entries()) {
        assert.deepEqual(await append(second, 'Sale/1', id, 0, [id]), { version: i + 1, duplicate: true });
        assert.deepEqual(payloads(await second.loadUncommitted('Sale/1', id)), [id]);
      }
    },
  },
  {
    name: 'two kinds of aggregates with one id have two streams',
    async run({ first }) {
      await append(first, streamIdOf('Sale', '1'), 't', 0, ['sale']);
      await append(first, streamIdOf('SaleItem', '1'), 't', 0, ['item']);
      assert.deepEqual(payloads(await loadAll(first, streamIdOf('Sale', '1'))), ['sale']);
      assert.deepEqual(payloads(await loadAll(first, streamIdOf('SaleItem', '1'))), ['item']);
    },
  },
  {
    name: 'a stream id says which aggregate it is of, whatever the id holds',
    async run() {
      for (const id of ODD_IDS) {
        assert.deepEqual(
          [aggregateNameOf(streamIdOf('Sale', id)), aggregateIdOf(streamIdOf('Sale', id))],
          ['Sale', id],
        );
      }
    },
  },
  {
    name: 'empty ids and ids above 1 KiB are refused',
    async run() {
      throwsWith('ND_INVALID_ID', () => streamIdOf('Sale', ''));
      throwsWith('ND_INVALID_ID', () => streamIdOf('Sale', 'x'.repeat(1025)));
      throwsWith('ND_INVALID_ID', () => streamIdOf('Sale', '語'.repeat(342)));
    },
  },
];
