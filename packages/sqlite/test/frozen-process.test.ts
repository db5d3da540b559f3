import {
  DomainContext,
  isNDomainError,
  silentLogger,
  type Clock,
  type InboundTransport,
  type MessageTransaction,
  type ReceiverOptions,
  type Timer,
} from '@ndomain/core';
import {
  SqliteDatabase,
  SqliteLeases,
  SqliteSubscriptionBroker,
  SqliteSubscriptionStore,
  SqliteTransport,
} from '@ndomain/sqlite';
import { eventually, VirtualClock } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { Folder } from './support/files.ts';

type Commands = { Do: { n: number } };

/** The clock of a process that stands still: what falls due meanwhile happens when it goes on. */
class StoppableClock implements Clock {
  readonly #time: Clock;
  readonly #missed: (() => void)[] = [];
  #isStopped = false;

  constructor(time: Clock) {
    this.#time = time;
  }

  now(): number {
    return this.#time.now();
  }

  monotonic(): number {
    return this.#time.monotonic();
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return this.#time.schedule(delayMs, () => (this.#isStopped ? this.#missed.push(callback) : callback()));
  }

  stop(): void {
    this.#isStopped = true;
  }

  goOn(): void {
    this.#isStopped = false;
    for (const callback of this.#missed.splice(0)) callback();
  }
}

/** Queues of a process that freezes in the middle of its first acknowledgement, before any of it has reached the file. */
class FreezingTransport extends SqliteTransport {
  readonly outcomes: string[] = [];
  readonly frozen = Promise.withResolvers<void>();
  readonly thawed = Promise.withResolvers<void>();

  override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = super.receiver(endpoint, options);
    return {
      receive: async (max, signal) => {
        const received = await inbound.receive(max, signal);
        return received.map((transaction) => this.#freezing(transaction));
      },
      close: () => inbound.close(),
    };
  }

  #freezing(transaction: MessageTransaction): MessageTransaction {
    return {
      deliveryCount: transaction.deliveryCount,
      read: () => transaction.read(),
      fail: (at) => transaction.fail(at),
      release: (at) => transaction.release(at),
      extend: (ms) => transaction.extend(ms),
      deadLetter: (reason) => transaction.deadLetter(reason),
      commit: async () => {
        this.frozen.resolve();
        await this.thawed.promise;
        try {
          await transaction.commit();
          this.outcomes.push('acknowledged');
        } catch (error) {
          this.outcomes.push(isNDomainError(error) ? error.code : String(error));
          throw error;
        }
      },
    };
  }
}

test('G5 the acknowledgement of a process that froze while its partition went to another is refused, and the other one handles the message', async () => {
  using folder = new Folder();
  const time = new VirtualClock({ turns: 20 });
  const handled: string[] = [];
  const start = (
    who: string,
    database: SqliteDatabase,
    clock: Clock,
    transport: SqliteTransport,
  ): Promise<DomainContext> => {
    const subscriptions = {
      store: new SqliteSubscriptionStore(database),
      broker: new SqliteSubscriptionBroker(database, clock),
    };
    return DomainContext.configure()
      .clock(clock)
      .logging((c) => c.logger(silentLogger))
      .bus((c) =>
        c
          .transport(transport)
          .subscriptions(subscriptions)
          .leases(new SqliteLeases(database, clock))
          .withProcessor((p) =>
            p
              .endpoint('work')
              .ordered({ partitions: 1, partitionLeaseMs: 10_000 })
              .lease(60_000)
              .commands<Commands>()
              .handle('Do', ({ n }) => void handled.push(`${who} ${n}`)),
          ),
      )
      .start();
  };
  await using one = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
  await using other = new SqliteDatabase({ path: folder.file(), durability: 'normal' });
  const clock = new StoppableClock(time);
  const freezing = new FreezingTransport(one, clock);
  const first = await start('first', one, clock, freezing);
  for (const n of [1, 2]) await first.commands<Commands>().send('Do', { n }, { key: 'k' });
  await eventually(async () => {
    await time.advance(100);
    return handled.length === 1;
  });
  await freezing.frozen.promise;
  clock.stop();

  const leases = new SqliteLeases(other, time);
  const [granted] = await leases.list('partition/work/');
  const second = await start('second', other, time, new SqliteTransport(other, time));
  await eventually(async () => {
    await time.advance(1_000);
    const [now] = await leases.list('partition/work/');
    return now !== undefined && now.fence > (granted?.fence ?? 0);
  });
  clock.goOn();
  freezing.thawed.resolve();
  await eventually(() => freezing.outcomes.length > 0);
  expect(freezing.outcomes).toEqual(['ND_LEASE_LOST']);

  await eventually(async () => {
    await time.advance(10_000);
    return handled.length >= 3;
  });
  expect(handled).toEqual(['first 1', 'second 1', 'second 2']);
  await eventually(async () => {
    const { ready, delayed, inFlight } = await second.figures('work');
    return ready + delayed + inFlight === 0;
  });
  // Only the clock ends waits of theirs.
  await Promise.all([first.stop(), second.stop(), time.advance(60_000)]);
});
