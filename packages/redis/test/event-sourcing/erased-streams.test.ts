import {
  DomainContext,
  EventStore,
  Projection,
  type EventStoreDb,
  type Projects,
  type StreamEvent,
} from '@ndomain/core';
import { redisEvents, RedisEventStoreDb, type RedisConnection } from '@ndomain/redis';
import { describe, expect, test } from 'vitest';
import { Account, type AccountEvents } from '../support/bank.ts';
import { note } from '../support/events.ts';
import { places, TwoConnections } from '../support/servers.ts';

const ERASED = 'Note/erased';
const OTHER = 'Note/other';
const FOREVER = Number.MAX_SAFE_INTEGER;

type Erase = (connection: RedisConnection) => Promise<unknown>;

const unlink =
  (keysOf: (keys: RedisConnection['keys']) => readonly string[]): Erase =>
  (connection) =>
    connection.command((client) => client.unlink(...keysOf(connection.keys)));

/** What may be left of a stream that somebody erased by hand, by what was erased. */
const ERASINGS: readonly (readonly [what: string, erase: Erase])[] = [
  ['its events alone', unlink((keys) => [keys.stream(ERASED)])],
  ['its events and transactions', unlink((keys) => [keys.stream(ERASED), keys.transactions(ERASED)])],
  ['its events and what was uncommitted', unlink((keys) => [keys.stream(ERASED), keys.uncommittedOf(ERASED)])],
  ['all of its keys', unlink((keys) => [keys.stream(ERASED), keys.transactions(ERASED), keys.uncommittedOf(ERASED)])],
  [
    'its events, by a trim',
    (connection) =>
      connection.command((client) => client.xadd(connection.keys.stream(ERASED), 'MAXLEN', 0, '*', 'the', 'last')),
  ],
];

/** Appends one event in a transaction named by its number, and a letter that says in which life of the stream. */
async function append(db: EventStoreDb, streamId: string, sequenceId: number, life = 'a'): Promise<void> {
  const transactionId = `${life}${sequenceId}`;
  const event = { ...note(sequenceId, transactionId), transactionId, aggregateId: streamId.slice('Note/'.length) };
  const { duplicate } = await db.append(streamId, transactionId, sequenceId - 1, [event]);
  expect(duplicate).toBe(false);
}

/** Reads to the end, in pages of so many. Fails where there is none. */
async function readAll(db: EventStoreDb, limit = 1_000): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for (let after: string | undefined, pages = 0; ;) {
    const page = await db.readAll(after, limit);
    all.push(...page.events);
    if (!page.hasMore) return all;
    expect(++pages).toBeLessThan(100);
    after = page.cursor;
  }
}

const shown = ({ streamId, sequenceId, transactionId }: StreamEvent): string =>
  `${streamId} ${sequenceId} ${transactionId}`;

for (const place of await places()) {
  describe(`a stream that was erased by hand on ${place.name}`, () => {
    for (const [what, eraseIn] of ERASINGS) {
      const withErased = async (
        body: (db: RedisEventStoreDb, erase: () => Promise<void>) => Promise<void>,
      ): Promise<void> => {
        await using connections = new TwoConnections(place);
        const connection = connections.first;
        const erase = async (): Promise<void> => void (await eraseIn(connection));
        await body(new RedisEventStoreDb(connection), erase);
      };

      test(`(${what}) is passed over by who reads across streams, who comes to the end of all others`, () =>
        withErased(async (db, erase) => {
          for (const i of [1, 2, 3]) {
            await append(db, ERASED, i);
            await append(db, OTHER, i);
          }
          await append(db, ERASED, 4);
          await erase();
          for (const limit of [1, 2, 1_000]) {
            expect((await readAll(db, limit)).map(shown)).toEqual([1, 2, 3].map((i) => `${OTHER} ${i} a${i}`));
          }
        }));

      test(`(${what}) begins anew at version 1, and each of its events has one place in the order`, () =>
        withErased(async (db, erase) => {
          for (const i of [1, 2, 3]) await append(db, ERASED, i);
          await append(db, OTHER, 1);
          await erase();
          expect(await db.load(ERASED, { from: 1, to: FOREVER, limit: 10, transactionId: 'a1' })).toEqual({
            events: [],
            version: 0,
            hasMore: false,
            holdsTransaction: false,
          });
          // A second time: three lives in all.
          await append(db, ERASED, 1, 'b');
          await erase();
          for (const i of [1, 2]) await append(db, ERASED, i, 'c');
          const expected = [`${OTHER} 1 a1`, `${ERASED} 1 c1`, `${ERASED} 2 c2`];
          for (const limit of [1, 2, 1_000]) expect((await readAll(db, limit)).map(shown)).toEqual(expected);
          const page = await db.load(ERASED, { from: 1, to: FOREVER, limit: 10, transactionId: 'a1' });
          expect(page).toMatchObject({ version: 2, hasMore: false, holdsTransaction: false });
          expect(page.events.map(({ transactionId }) => transactionId)).toEqual(['c1', 'c2']);
        }));

      test(`G3 (${what}) does not hold what was done in it: the same command takes effect once more, and once`, () =>
        withErased(async (db, erase) => {
          await append(db, ERASED, 1);
          await erase();
          await append(db, ERASED, 1);
          expect(await db.append(ERASED, 'a1', 0, [note(1)])).toMatchObject({ version: 1, duplicate: true });
        }));

      test(`G1 (${what}) is uncommitted no more, and does not keep what others left from being published`, () =>
        withErased(async (db, erase) => {
          for (const i of [1, 2, 3]) await append(db, ERASED, i);
          await append(db, OTHER, 1);
          await erase();
          const published: string[] = [];
          const store = new EventStore(db, (streamId) => void published.push(streamId));
          // One at a time: those that are found first may not be found for ever.
          for (let i = 0; i < 5; i++) expect((await store.recover(FOREVER, 1)).errors).toEqual([]);
          expect(published).toEqual([OTHER]);
          expect(await db.findUncommitted({ olderThan: FOREVER, limit: 10 })).toEqual([]);
          expect(await db.findUncommitted({ olderThan: FOREVER, limit: 10, streamId: ERASED })).toEqual([]);
        }));

      test(`G5 (${what}) tells of nothing that came before in it when it begins anew, and commits as any`, () =>
        withErased(async (db, erase) => {
          for (const i of [1, 2]) await append(db, ERASED, i);
          await erase();
          expect((await db.append(ERASED, 'b1', 0, [note(1)])).uncommittedBefore).toBeUndefined();
          expect(await db.loadUncommitted(ERASED, 'a1')).toEqual([]);
          await db.commit(ERASED, 'a2');
          const left = await db.findUncommitted({ olderThan: FOREVER, limit: 10, streamId: ERASED });
          expect(left.map(({ transactionId }) => transactionId)).toEqual(['b1']);
          await db.commit(ERASED, 'b1');
          expect(await db.loadUncommitted(ERASED, 'b1')).toEqual([]);
        }));
    }

    test('does not keep a projection from catching up', async () => {
      await using connections = new TwoConnections(place);
      const context = await DomainContext.configure()
        .eventSourcing((c) => c.store(redisEvents(connections.first)).bind(Account))
        .bus((c) => c.withProcessor((p) => p.endpoint('views').registerProjection(Balances)))
        .start();
      const accounts = context.repository(Account);
      for (const id of ['1', '2', '3']) await accounts.createOrUpdate(id, (account) => account.deposit(5));
      const { keys } = connections.first;
      await connections.first.command((client) => client.unlink(keys.stream('Account/2')));
      expect(await context.catchUp(Balances)).toBe(2);
      await context.stop();
    });
  });

  describe(`an event that was removed by hand from a stream on ${place.name}`, () => {
    for (const missing of [1, 2, 3]) {
      test(`(${missing} of 3) is an error that names it, whoever comes across it, and never a shorter stream`, async () => {
        await using connections = new TwoConnections(place);
        const connection = connections.first;
        const db = new RedisEventStoreDb(connection);
        for (const i of [1, 2, 3]) await append(db, ERASED, i);
        await append(db, ERASED, 4);
        const key = connection.keys.stream(ERASED);
        const entries = await connection.command((client) => client.xrange(key, '-', '+'));
        await connection.command((client) => client.unlink(key));
        for (const [id, fields] of entries) {
          if (id !== `${missing}-0`) await connection.command((client) => client.xadd(key, id, ...fields));
        }
        const corrupt = { code: 'ND_CORRUPT_EVENT', streamId: ERASED, version: missing };
        const readStream = async (): Promise<void> => {
          for await (const _ of new EventStore(db, () => undefined).load(ERASED));
        };
        await expect(readStream()).rejects.toMatchObject(corrupt);
        await expect(db.load(ERASED, { from: missing, to: FOREVER, limit: 1 })).rejects.toMatchObject(corrupt);
        await expect(readAll(db)).rejects.toMatchObject(corrupt);
        await expect(db.loadUncommitted(ERASED, `a${missing}`)).rejects.toMatchObject(corrupt);
      });
    }
  });
}

interface Balance {
  total: number;
}

class Balances extends Projection<Balance> implements Projects<Balance, AccountEvents> {
  static readonly source = Account;
  initial(): Balance {
    return { total: 0 };
  }
  onDeposited(view: Balance, { amount }: AccountEvents['Deposited']): void {
    view.total += amount;
  }
}
