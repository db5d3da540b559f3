import assert from 'node:assert/strict';
import type { AggregateEvent } from '@ndomain/core';
import { assertFields, failsWith } from '../support/codes.ts';
import { append, eventsAfter, loadAll, payloads, versionOf } from '../support/events.ts';
import { SAMPLES, UNREPRESENTABLE } from '../support/payloads.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';

export const PAYLOAD_CASES: readonly EventStoreCase[] = [
  ...SAMPLES.map(({ name, payload, expected = payload }): EventStoreCase => ({
    name: `G11 a payload comes back as it went in: ${name}`,
    async run({ first, second }) {
      await append(first, STREAM, 't', 0, [payload]);
      assert.deepStrictEqual(payloads(await loadAll(second, STREAM)), [expected]);
      assert.deepStrictEqual(payloads(await second.loadUncommitted(STREAM, 't')), [expected]);
    },
  })),
  ...UNREPRESENTABLE.map(({ name, payload, path }): EventStoreCase => ({
    name: `G11 a payload is refused, naming the place: ${name}`,
    async run({ first }) {
      const error = await failsWith('ND_NOT_REPRESENTABLE', () => append(first, STREAM, 't', 0, [payload]));
      assertFields(error, { path });
      assert.equal(await versionOf(first, STREAM), 0);
    },
  })),
  {
    name: 'G11 everything about an event comes back',
    async run({ first, second }) {
      const event: AggregateEvent = {
        aggregateId: '1',
        sequenceId: 1,
        date: new Date('2010-12-01T08:26:00.123Z'),
        name: 'Bestellung aufgegeben / 注文',
        revision: 7,
        payload: { a: 1 },
        transactionId: 't/1#2',
        metadata: { correlationId: 'c', 'Ünï code': 'wért 値', empty: '' },
      };
      await first.append(STREAM, event.transactionId, 0, [event]);
      assert.deepStrictEqual((await loadAll(second, STREAM)).map(known), [known(event)]);
      assert.deepStrictEqual((await second.loadUncommitted(STREAM, 't/1#2')).map(known), [known(event)]);
    },
  },
  {
    name: 'G11 changing what was appended changes nothing in the store',
    async run({ first }) {
      const payload = { list: [1], at: new Date(5), map: new Map([['a', { b: 1 }]]), bytes: new Uint8Array([1]) };
      const metadata = { who: 'me' };
      const events = eventsAfter(0, [payload]).map((event) => ({ ...event, metadata }));
      const appending = first.append(STREAM, 't', 0, events);
      payload.list.push(2);
      await appending;
      payload.at.setTime(0);
      payload.map.clear();
      payload.bytes[0] = 9;
      metadata.who = 'you';
      const [event] = await loadAll(first, STREAM);
      assert.deepEqual(event?.payload, {
        list: [1],
        at: new Date(5),
        map: new Map([['a', { b: 1 }]]),
        bytes: new Uint8Array([1]),
      });
      assert.deepEqual({ ...event?.metadata }, { who: 'me' });
    },
  },
  {
    name: 'G11 changing what was loaded changes nothing in the store',
    async run({ first }) {
      await append(first, STREAM, 't', 0, [{ list: [1], at: new Date(5) }]);
      const change = (event: AggregateEvent | undefined): void => {
        assert.ok(event);
        const { list, at } = event.payload as { list: number[]; at: Date };
        list.push(2);
        at.setTime(0);
        event.date.setTime(0);
      };
      change((await loadAll(first, STREAM))[0]);
      change((await first.loadUncommitted(STREAM, 't'))[0]);
      const [event] = await loadAll(first, STREAM);
      assert.deepEqual(event?.payload, { list: [1], at: new Date(5) });
      assert.deepEqual(event?.date, new Date('2010-12-01T08:26:00.123Z'));
    },
  },
];

/** Without what a storage may add. */
function known(event: AggregateEvent): AggregateEvent {
  const { aggregateId, sequenceId, date, name, revision, payload, transactionId, metadata } = event;
  return { aggregateId, sequenceId, date, name, revision, payload, transactionId, metadata: { ...metadata } };
}
