import type { AggregateEvent, Clock, MessageTransaction, TransportMessage } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb, SqliteInbox, SqliteLeases, SqliteTransport } from '@ndomain/sqlite';
import { turns, VirtualClock } from '@ndomain/testing';
import { describe, expect, test } from 'vitest';
import { Folder } from './support/files.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A clock that is set is noticed within this time. */
const UNSEEN_MS = 30_000;
const STEPS = [
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
] as const;

function message(id: string, more: Partial<TransportMessage> = {}): TransportMessage {
  return { id, name: 'Deposit', payload: {}, headers: {}, endpoint: 'accounts', component: 'c', ...more };
}

/** A file, and processes that work on it, each with a connection of its own. */
class Machine implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly #open: SqliteDatabase[] = [];
  readonly #stop = new AbortController();
  readonly clock = new VirtualClock({ turns: 5 });
  readonly received: string[] = [];

  process(clock: Clock = this.clock): Process {
    const database = new SqliteDatabase({ path: this.#folder.file(), durability: 'normal' });
    this.#open.push(database);
    return {
      database,
      transport: new SqliteTransport(database, clock),
      leases: new SqliteLeases(database, clock),
      inbox: new SqliteInbox(database, clock),
      db: new SqliteEventStoreDb(database, clock),
    };
  }

  /** Receives and acknowledges what comes, one by one, and notes how long after `from` by the time that has passed. */
  listen({ transport }: Process): void {
    const begun = this.clock.monotonic();
    const receiver = transport.receiver('accounts', { leaseMs: MINUTE_MS });
    const run = async (): Promise<void> => {
      while (!this.#stop.signal.aborted) {
        for (const each of await receiver.receive(1, this.#stop.signal)) {
          const seconds = Math.floor((this.clock.monotonic() - begun) / 1_000);
          this.received.push(`${each.read().message?.id} after ${seconds} s`);
          await each.commit();
        }
      }
    };
    void run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await turns(10);
    for (const database of this.#open) await database[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

interface Process {
  readonly database: SqliteDatabase;
  readonly transport: SqliteTransport;
  readonly leases: SqliteLeases;
  readonly inbox: SqliteInbox;
  readonly db: SqliteEventStoreDb;
}

async function receiveOne({ transport }: Process, leaseMs: number): Promise<MessageTransaction> {
  const [received] = await transport.receiver('accounts', { leaseMs }).receive(1, new AbortController().signal);
  if (received === undefined) throw new Error('nothing came');
  return received;
}

describe.each(STEPS)('A machine whose clock is set %s by an hour', (_, step) => {
  test('a delay lasts as long as was asked for', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const one = machine.process();
    await one.transport.send([message('1', { delayMs: 2 * MINUTE_MS, deliverAt: clock.now() + 2 * MINUTE_MS })]);
    machine.listen(machine.process());
    await clock.advance(MINUTE_MS);
    clock.step(step);
    await clock.advance(59_000);
    expect(machine.received).toEqual([]);
    await clock.advance(UNSEEN_MS);
    expect(machine.received).toEqual(['1 after 120 s']);
  });

  test('G8 the pause before a retry lasts as long as before', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const one = machine.process();
    await one.transport.send([message('1')]);
    await (await receiveOne(one, MINUTE_MS)).fail(clock.now() + 2 * MINUTE_MS);
    machine.listen(machine.process());
    await clock.advance(MINUTE_MS);
    clock.step(step);
    await clock.advance(59_000);
    expect(machine.received).toEqual([]);
    await clock.advance(UNSEEN_MS);
    expect(machine.received).toEqual(['1 after 120 s']);
  });

  test('G7 what a dead process had in hand comes back when its lease is over, and not before', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const dead = machine.process();
    await dead.transport.send([message('1')]);
    await receiveOne(dead, MINUTE_MS);
    machine.listen(machine.process());
    clock.step(step);
    await clock.advance(59_000);
    expect(machine.received).toEqual([]);
    await clock.advance(UNSEEN_MS);
    expect(machine.received).toEqual(['1 after 60 s']);
  });

  test('G7 whoever has a message in hand keeps it, extends it, and is done with it', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const one = machine.process();
    const other = machine.process();
    await one.transport.send([message('1')]);
    const received = await receiveOne(one, MINUTE_MS);
    clock.step(step);
    // Another process notices it first.
    await other.transport.send([message('2')]);
    await received.extend(MINUTE_MS);
    await clock.advance(59_000);
    expect(await other.transport.figures('accounts')).toMatchObject({ ready: 1, inFlight: 1 });
    await received.commit();
    expect(await other.transport.figures('accounts')).toMatchObject({ ready: 1, inFlight: 0 });
  });

  test('G5 a lease lasts as long as was asked for, and is free then', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const [one, other] = [machine.process(), machine.process()];
    const lease = await one.leases.acquire('partition/work/0001', 'one', MINUTE_MS);
    clock.step(step);
    await clock.advance(59_000);
    expect(await other.leases.acquire('partition/work/0001', 'other', MINUTE_MS)).toBeUndefined();
    expect(await other.leases.list('partition/')).toHaveLength(1);
    expect(lease && (await one.leases.renew(lease, MINUTE_MS))).toBe(true);
    await clock.advance(MINUTE_MS);
    expect(await other.leases.acquire('partition/work/0001', 'other', MINUTE_MS)).toMatchObject({ wasAbandoned: true });
  });

  test('G5 also for a process that is started after it was set, though nobody was there to notice', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    await machine.process().leases.acquire('recovery', 'dead', MINUTE_MS);
    clock.step(step);
    await clock.advance(59_000);
    const later = machine.process();
    expect(await later.leases.list('')).toHaveLength(1);
    expect(await later.leases.acquire('recovery', 'later', MINUTE_MS)).toBeUndefined();
    await clock.advance(1_000);
    expect(await later.leases.acquire('recovery', 'later', MINUTE_MS)).toMatchObject({ wasAbandoned: true });
  });

  test('G3 what was handled is remembered for as long as was asked for', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const { inbox } = machine.process();
    await inbox.add('c', '1', MINUTE_MS);
    clock.step(step);
    await clock.advance(59_000);
    // Adding deletes what is over.
    await inbox.add('c', '2', MINUTE_MS);
    expect(await inbox.has('c', '1')).toBe(true);
    await clock.advance(2_000);
    expect(await inbox.has('c', '1')).toBe(false);
  });

  test('G1 what a crash left uncommitted is found when it is as old as was asked for', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const { db, leases } = machine.process();
    const event: AggregateEvent = {
      aggregateId: '1',
      sequenceId: 1,
      date: new Date(0),
      name: 'Noted',
      revision: 1,
      payload: {},
      transactionId: 't',
      metadata: {},
    };
    await db.append('Note/1', 't', 0, [event]);
    clock.step(step);
    const found = async (): Promise<number> => {
      // As the recovery does.
      await leases.acquire('recovery', 'one', MINUTE_MS);
      return (await db.findUncommitted({ olderThan: clock.now() - MINUTE_MS, limit: 10 })).length;
    };
    await clock.advance(59_000);
    expect(await found()).toBe(0);
    await clock.advance(2_000);
    expect(await found()).toBe(1);
    const [append] = await db.findUncommitted({ olderThan: clock.now(), limit: 10 });
    expect(append?.storedAt).toBe(clock.now() - 61_000);
  });
});

describe('A message for a date', () => {
  test('comes within 30 seconds when the clock is set past it', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    await machine.process().transport.send([message('1', { deliverAt: clock.now() + HOUR_MS - MINUTE_MS })]);
    machine.listen(machine.process());
    await clock.advance(10_000);
    clock.step(HOUR_MS);
    await clock.advance(UNSEEN_MS);
    expect(machine.received).toHaveLength(1);
  });

  test('waits for it when the clock is set back, as do those of other processes', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const [one, other] = [machine.process(), machine.process()];
    const date = clock.now() + 10 * MINUTE_MS;
    await one.transport.send([message('1', { deliverAt: date })]);
    await other.transport.send([message('2', { deliverAt: date + 5_000 })]);
    machine.listen(other);
    clock.step(-HOUR_MS);
    await clock.advance(70 * MINUTE_MS - 1_000);
    expect(machine.received).toEqual([]);
    await clock.advance(10_000);
    expect(machine.received).toEqual(['1 after 4200 s', '2 after 4205 s']);
  });

  test('which has come is retried after its pause, whatever the clock says', async () => {
    await using machine = new Machine();
    const { clock } = machine;
    const one = machine.process();
    await one.transport.send([message('1', { deliverAt: clock.now() + MINUTE_MS })]);
    await clock.advance(MINUTE_MS);
    await (await receiveOne(one, MINUTE_MS)).fail(clock.now() + MINUTE_MS);
    machine.listen(one);
    clock.step(-HOUR_MS);
    await clock.advance(59_000);
    expect(machine.received).toEqual([]);
    await clock.advance(UNSEEN_MS);
    expect(machine.received).toEqual(['1 after 60 s']);
  });
});

test('a machine that was started anew goes on from the time of day', async () => {
  await using machine = new Machine();
  const { clock } = machine;
  const before = machine.process();
  await before.leases.acquire('recovery', 'dead', MINUTE_MS);
  clock.step(HOUR_MS);
  await before.transport.send([message('1', { deliverAt: clock.now() + 2 * MINUTE_MS })]);
  // It counts from the beginning again, and knows the time of day.
  const anew = new VirtualClock({ turns: 5, startAt: clock.now() + 59_000 });
  const after = machine.process(anew);
  expect(await after.leases.acquire('recovery', 'after', MINUTE_MS)).toBeUndefined();
  await anew.advance(1_000);
  expect(await after.leases.acquire('recovery', 'after', MINUTE_MS)).toMatchObject({ wasAbandoned: true });
  await anew.advance(59_000);
  expect(await after.transport.figures('accounts')).toMatchObject({ delayed: 1 });
  await anew.advance(1_000);
  expect(await after.transport.figures('accounts')).toMatchObject({ ready: 1 });
});

test('a setting that is not committed is noticed again', async () => {
  await using machine = new Machine();
  const { clock } = machine;
  const { database, transport, inbox } = machine.process();
  await inbox.add('c', '1', MINUTE_MS);
  await transport.send([message('1', { deliverAt: clock.now() + HOUR_MS })]);
  clock.step(2 * HOUR_MS);
  const failing = database.write(() => {
    throw new TypeError('something unforeseen');
  });
  await expect(failing).rejects.toThrow('something unforeseen');
  await inbox.add('c', '2', MINUTE_MS);
  expect(await machine.process().transport.figures('accounts')).toMatchObject({ ready: 1 });
});
