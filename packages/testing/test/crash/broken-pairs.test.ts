import { LocalEventStoreDb, LocalTransport, type EventStoreDb, type Transport } from '@ndomain/core';
import { crashMatrix, VirtualClock, virtualTime } from '@ndomain/testing';
import { describe, expect, it, vi } from 'vitest';

// Each is the whole matrix.
vi.setConfig({ testTimeout: 60_000 });

/** What the matrix says of a pair: the messages of the cases that fail. */
async function failures(
  breakStore: (db: EventStoreDb) => Partial<EventStoreDb>,
  breakTransport: (transport: Transport) => Partial<Transport> = () => ({}),
): Promise<string> {
  const cases: (() => Promise<void>)[] = [];
  const register = Object.assign((_: string, body: () => Promise<void>) => void cases.push(body), { skip: () => {} });
  const create = () => {
    const clock = new VirtualClock();
    const db = new LocalEventStoreDb(clock);
    const transport = new LocalTransport(clock);
    const backend = {
      name: 'broken',
      eventStore: broken<EventStoreDb>(db, breakStore(db)),
      transport: broken<Transport>(transport, breakTransport(transport)),
    };
    return { open: () => backend, clock, time: virtualTime(clock) };
  };
  crashMatrix({ name: 'broken', create, isThorough: false }, { describe: (_, body) => body(), it: register });
  const results = await Promise.allSettled(cases.map((run) => run()));
  return results.map((result) => (result.status === 'rejected' ? String(result.reason) : '')).join('\n');
}

/** The same thing, with some methods of its own. */
function broken<T extends object>(service: T, methods: Partial<T>): T {
  return new Proxy(service, {
    get(target, property) {
      const own: unknown = Reflect.get(methods, property);
      const value: unknown = own ?? Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

describe('The crash matrix catches', () => {
  it('an event store that does not recognise a transaction', async () => {
    let appends = 0;
    const found = await failures((db) => ({
      append: (streamId, transactionId, expectedVersion, events) =>
        db.append(streamId, `${transactionId}#${++appends}`, expectedVersion, events),
      async load(streamId, range) {
        return { ...(await db.load(streamId, range)), holdsTransaction: false };
      },
      // Published and committed under the id that the caller knows, so that this is all that is wrong.
      commit: async (streamId) => {
        const page = await db.load(streamId, { from: 1, to: Infinity, limit: 1_000 });
        for (const event of page.events) await db.commit(streamId, event.transactionId);
      },
    }));
    expect(found).toContain('doubled: Withdrawn of t1: 2 times');
  });

  it('an event store that takes for published what is stored', async () => {
    const found = await failures((db) => ({
      async append(streamId, transactionId, expectedVersion, events) {
        const result = await db.append(streamId, transactionId, expectedVersion, events);
        await db.commit(streamId, transactionId);
        return result;
      },
    }));
    expect(found).toContain('lost: mail never saw Withdrawn at ada@1');
    expect(found).toContain('lost: ledger never saw Withdrawn at ada@1');
  });

  it('an event store that stores half of an append', async () => {
    const found = await failures((db) => ({
      append: (streamId, transactionId, expectedVersion, events) =>
        db.append(streamId, transactionId, expectedVersion, events.slice(0, 1)),
    }));
    expect(found).toContain('lost: half of the append of t1');
    expect(found).toContain('phantom: mail saw Charged at ada@2, which is not stored');
  });

  it('a transport that forgets what it has delivered', async () => {
    const found = await failures(
      () => ({}),
      (transport) => ({
        receiver(endpoint, options) {
          const inbound = transport.receiver(endpoint, options);
          return {
            close: () => inbound.close(),
            async receive(max, signal) {
              const received = await inbound.receive(max, signal);
              for (const transaction of received) await transaction.commit();
              const done = async (): Promise<void> => {};
              return received.map((transaction) => ({
                deliveryCount: transaction.deliveryCount,
                read: () => transaction.read(),
                commit: done,
                fail: done,
                release: done,
                extend: done,
                deadLetter: done,
              }));
            },
          };
        },
      }),
    );
    expect(found).toMatch(/killed after receive, .*\n +lost: Withdrawn of t1/i);
  });

  it('a run in which nothing is killed', async () => {
    const found = await failures((db) => ({ append: () => db.append('', '', -1, []) }));
    expect(found).toContain('Not all that was planned struck');
  });
});
