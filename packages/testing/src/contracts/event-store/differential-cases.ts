import { LocalEventStoreDb, type AggregateEvent, type EventStoreDb } from '@ndomain/core';
import type { SeededRandom } from '../../simulation/seeded-random.ts';
import { assertSameAnswers, DEFAULT_SEQUENCES, type Operation } from '../support/differential.ts';
import { eventsAfter, FOREVER, loadRange, range, versionOf } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

/** Few enough that half of the appends come a second time. */
const TRANSACTIONS = range(1, 20).map((i) => `t${i}`);

export const DIFFERENTIAL_CASES: readonly EventStoreCase[] = [
  {
    name: 'G3 G4 G5 two instances answer random operations as events in memory do',
    async run(backend, { capabilities, sequences = DEFAULT_SEQUENCES }) {
      const memory = new LocalEventStoreDb();
      await assertSameAnswers<EventStoreDb>(backend, memory, sequences, (seed, random) => {
        const operations = new Operations(random, seed, memory, capabilities.readAll);
        return () => operations.next();
      });
    },
  },
];

/** Draws operations. The streams are those of one seed; their ids begin with each other. */
class Operations {
  readonly #random: SeededRandom;
  readonly #streams: readonly string[];
  readonly #memory: EventStoreDb;
  readonly #readsAll: boolean;
  #payloads = 0;

  constructor(random: SeededRandom, seed: number, memory: EventStoreDb, readsAll: boolean) {
    this.#random = random;
    this.#streams = [`Sale/${seed}.1`, `Sale/${seed}.11`, `Lot/${seed}.1`];
    this.#memory = memory;
    this.#readsAll = readsAll;
  }

  async next(): Promise<Operation<EventStoreDb>> {
    const streamId = this.#random.pick(this.#streams);
    const transactionId = this.#random.pick(TRANSACTIONS);
    const kind = this.#random.between(1, 12);
    if (kind <= 5) return this.#append(streamId, transactionId, await versionOf(this.#memory, streamId));
    if (kind <= 8) return this.#load(streamId, transactionId, await versionOf(this.#memory, streamId));
    if (kind <= 10) return commit(streamId, transactionId);
    if (kind === 11) return loadUncommitted(streamId, transactionId);
    return this.#readsAll && this.#random.chance(0.5) ? readAll(this.#random.between(1, 50)) : findUncommitted();
  }

  #append(streamId: string, transactionId: string, version: number): Operation<EventStoreDb> {
    const isRight = this.#random.chance(0.8);
    const expectedVersion = isRight ? version : this.#random.between(0, version + 1);
    const count = this.#random.between(1, 4);
    const payloads = range(1, count).map(() => ({ n: ++this.#payloads }));
    const events = eventsAfter(expectedVersion, payloads, { streamId, transactionId });
    return {
      text: `append ${count} events behind ${expectedVersion} to ${streamId} as ${transactionId}`,
      ask: async (db) => db.append(streamId, transactionId, expectedVersion, events),
    };
  }

  #load(streamId: string, transactionId: string, version: number): Operation<EventStoreDb> {
    const from = this.#random.between(1, version + 2);
    const to = this.#random.chance(0.5) ? FOREVER : this.#random.between(from, version + 2);
    const limit = this.#random.between(1, 5);
    return {
      text: `load ${from} to ${to} of ${streamId}, ${limit} at a time, asking for ${transactionId}`,
      // A page may be shorter than it could be, so all of them together are compared.
      async ask(db) {
        const page = await loadRange(db, streamId, { from, to, limit, transactionId });
        return { ...page, events: page.events.map(plain) };
      },
    };
  }
}

function commit(streamId: string, transactionId: string): Operation<EventStoreDb> {
  return {
    text: `commit ${transactionId} of ${streamId}`,
    ask: async (db) => db.commit(streamId, transactionId),
  };
}

function loadUncommitted(streamId: string, transactionId: string): Operation<EventStoreDb> {
  return {
    text: `load ${transactionId} of ${streamId}, if it is uncommitted`,
    ask: async (db) => (await db.loadUncommitted(streamId, transactionId)).map(plain),
  };
}

function findUncommitted(): Operation<EventStoreDb> {
  return {
    text: 'find all that is uncommitted',
    async ask(db) {
      const found = await db.findUncommitted({ olderThan: FOREVER, limit: 100_000 });
      // Those of one millisecond are in no order.
      return found.map(({ streamId, transactionId }) => `${streamId} ${transactionId}`).toSorted();
    },
  };
}

function readAll(limit: number): Operation<EventStoreDb> {
  return {
    text: `read across all streams, ${limit} at a time`,
    async ask(db) {
      const events: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await db.readAll(after, limit);
        events.push(...page.events.map(({ streamId, sequenceId }) => `${streamId} ${sequenceId}`));
        if (!page.hasMore) return events;
        after = page.cursor;
      }
    },
  };
}

/** What every store has to give of an event; some give more. */
function plain(event: AggregateEvent): AggregateEvent {
  const { aggregateId, sequenceId, date, name, revision, payload, transactionId, metadata } = event;
  return { aggregateId, sequenceId, date, name, revision, payload, transactionId, metadata: { ...metadata } };
}
