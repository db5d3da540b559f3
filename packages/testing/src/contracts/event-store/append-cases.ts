import assert from 'node:assert/strict';
import { EventStore, isNDomainError, type EventStoreDb } from '@ndomain/core';
import { assertFields, failsWith } from '../support/codes.ts';
import { append, eventsAfter, loadAll, payloads, range, sequenceIds, versionOf } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';
const nobody = (): Promise<void> => Promise.resolve();

export const APPEND_CASES: readonly EventStoreCase[] = [
  {
    name: 'says of itself what its setup says',
    async run({ first, second }, { capabilities }) {
      assert.deepEqual({ ...first.capabilities }, { ...capabilities });
      assert.deepEqual({ ...second.capabilities }, { ...capabilities });
    },
  },
  {
    name: 'expected version 0 begins a stream',
    async run({ first }) {
      assert.deepEqual(await append(first, STREAM, 't1', 0, ['a', 'b']), { version: 2, duplicate: false });
      assert.deepEqual(payloads(await loadAll(first, STREAM)), ['a', 'b']);
    },
  },
  {
    name: 'the exact version goes on with a stream',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a']);
      assert.deepEqual(await append(second, STREAM, 't2', 1, ['b', 'c']), { version: 3, duplicate: false });
      assert.deepEqual(await append(first, STREAM, 't3', 3, ['d']), { version: 4, duplicate: false });
      assert.deepEqual(payloads(await loadAll(second, STREAM)), ['a', 'b', 'c', 'd']);
    },
  },
  ...refusedCase('G4 a version that is too low is refused, with the current one', 1, 3),
  ...refusedCase('G4 a version that is too high is refused, with the current one', 4, 3),
  ...refusedCase('G4 version 0 is refused for a stream that exists', 0, 3),
  ...refusedCase('G4 a version above 0 is refused for a stream that does not exist', 2, 0),
  {
    name: 'G3 G4 an instance that has not seen what another one appended knows its transaction, and tells the current version',
    async run({ first, second }) {
      await append(first, STREAM, 't1', 0, ['a']);
      await append(second, STREAM, 't2', 1, ['b', 'c']);
      const error = await failsWith('ND_CONCURRENCY', () => append(first, STREAM, 't3', 0, ['d']));
      assertFields(error, { expectedVersion: 0, currentVersion: 3 });
      await append(second, STREAM, 't4', 3, ['e']);
      assert.deepEqual(await append(first, STREAM, 't4', 0, ['e']), { version: 4, duplicate: true });
      assert.deepEqual(payloads(await loadAll(first, STREAM)), ['a', 'b', 'c', 'e']);
    },
  },
  {
    name: 'G4 of many concurrent appends with one expected version exactly one succeeds, and the others are told the current one',
    async run({ first, second }) {
      await append(first, STREAM, 't0', 0, ['a']);
      const results = await Promise.allSettled(
        range(1, 20).map((i) => append(i % 2 === 0 ? first : second, STREAM, `t${i}`, 1, [i, i])),
      );
      const lost = results.filter((result) => result.status === 'rejected');
      assert.equal(lost.length, 19);
      for (const { reason } of lost) {
        if (!isNDomainError(reason, 'ND_CONCURRENCY')) throw reason;
        assertFields(reason, { streamId: STREAM, expectedVersion: 1, currentVersion: 3 });
      }
      const [, winner, same] = payloads(await loadAll(second, STREAM));
      assert.equal(winner, same);
      assert.equal(await versionOf(first, STREAM), 3);
    },
  },
  {
    name: 'G4 G5 writers that try again end with all their events, numbered without a gap',
    async run({ first, second }) {
      const writers = range(1, 8);
      await Promise.all(writers.map((writer) => appendInTurn(writer % 2 === 0 ? first : second, writer, 10)));
      const events = await loadAll(first, STREAM);
      assert.deepEqual(sequenceIds(events), range(1, 80));
      for (const writer of writers) {
        const own = payloads(events).filter((payload) => String(payload).startsWith(`${writer}:`));
        assert.deepEqual(
          own,
          range(1, 10).map((i) => `${writer}:${i}`),
        );
      }
    },
  },
  {
    name: 'an append without events is refused',
    async run({ first }) {
      const store = new EventStore(first, nobody);
      await failsWith('ND_INVALID_APPEND', () => store.append(STREAM, 't1', 0, []));
      assert.equal(await versionOf(first, STREAM), 0);
    },
  },
  {
    name: 'events whose sequence ids do not follow the expected version are refused',
    async run({ first }) {
      const store = new EventStore(first, nobody);
      const [one, two, three] = eventsAfter(0, ['a', 'b', 'c']);
      assert.ok(one && two && three);
      for (const events of [[two], [one, three], [two, one], [one, one]]) {
        await failsWith('ND_INVALID_APPEND', () => store.append(STREAM, 't1', 0, events));
      }
      assert.equal(await versionOf(first, STREAM), 0);
    },
  },
];

function refusedCase(name: string, expectedVersion: number, currentVersion: number): [EventStoreCase] {
  const run = async ({ first, second }: { first: EventStoreDb; second: EventStoreDb }): Promise<void> => {
    if (currentVersion > 0) await append(first, STREAM, 't1', 0, range(1, currentVersion));
    const error = await failsWith('ND_CONCURRENCY', () => append(second, STREAM, 't2', expectedVersion, ['x', 'y']));
    assertFields(error, { streamId: STREAM, expectedVersion, currentVersion });
    assert.deepEqual(payloads(await loadAll(first, STREAM)), range(1, currentVersion));
    assert.deepEqual(await first.loadUncommitted(STREAM, 't2'), []);
  };
  return [{ name, run }];
}

async function appendInTurn(db: EventStoreDb, writer: number, count: number): Promise<void> {
  for (let i = 1; i <= count;) {
    try {
      await append(db, STREAM, `${writer}:${i}`, await versionOf(db, STREAM), [`${writer}:${i}`]);
      i++;
    } catch (error) {
      if (!isNDomainError(error, 'ND_CONCURRENCY')) throw error;
    }
  }
}
