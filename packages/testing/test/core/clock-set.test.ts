import { EventStore, recoverability, scheduleAt } from '@ndomain/core';
import { VirtualClock } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { append } from '../support/append.ts';
import { Counter, type CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** All that is due comes within this time after the clock was set. */
const SOON_MS = 30_000;

/** What a time server or an administrator does to the clock. */
const STEPS: readonly (readonly [string, (clock: VirtualClock) => Promise<void>])[] = [
  ['is set back by ten minutes', async (clock) => clock.step(-10 * MINUTE)],
  ['is set forward by an hour', async (clock) => clock.step(HOUR)],
  [
    'is set back by an hour for a second, and right again',
    async (clock) => {
      clock.step(-HOUR);
      await clock.advance(1_000);
      clock.step(HOUR);
    },
  ],
  ['goes on for an hour while the machine is suspended', async (clock) => clock.suspend(HOUR)],
];

/** Handles messages, the first of each id by failing if it is told to. */
async function worker(world: World, { fails = 0, ordered = false } = {}) {
  const handled: string[] = [];
  let left = fails;
  const context = await world.worker((p) => {
    p.endpoint('work')
      .lease(20_000)
      .recoverability(recoverability({ immediateRetries: 0, delayedRetries: [10_000], jitter: 0 }))
      .commands<CounterCommands>()
      .handle('Work', ({ id }) => {
        if (left-- > 0) throw new Error('not yet');
        handled.push(id);
      });
    if (ordered) p.ordered({ partitions: 1 });
  });
  await world.clock.advance(1);
  return { context, handled };
}

describe.each(STEPS)('When the clock %s', (_, set) => {
  it.each([false, true])('G7 a delayed retry comes in time (ordered: %s)', async (ordered) => {
    const world = new World();
    const { context, handled } = await worker(world, { fails: 1, ordered });
    await context.commands<CounterCommands>().send('Work', { id: 'a' }, { key: 'k' });
    await world.clock.advance(1_000);
    await set(world.clock);
    await world.clock.advance(10_000);
    expect(handled).toEqual(['a']);
    await context.stop();
  });

  it('a message that was sent with a delay comes when that has passed, and not before', async () => {
    const world = new World();
    const { context, handled } = await worker(world);
    await context.commands<CounterCommands>().send('Work', { id: 'a' }, { delayMs: 2 * MINUTE });
    await set(world.clock);
    await world.clock.advance(MINUTE);
    expect(handled).toEqual([]);
    await world.clock.advance(MINUTE);
    expect(handled).toEqual(['a']);
    await context.stop();
  });

  it('a message that was sent for a date comes within 30 s after it, by the clock as it is then', async () => {
    const world = new World();
    const { context, handled } = await worker(world);
    const deliverAt = new Date(world.clock.now() + 2 * MINUTE);
    await context.commands<CounterCommands>().send('Work', { id: 'a' }, { deliverAt });
    await set(world.clock);
    for (let left = deliverAt.getTime() - world.clock.now(); left > 0; left -= 10_000) {
      expect(handled).toEqual([]);
      await world.clock.advance(Math.min(left, 10_000));
    }
    await world.clock.advance(SOON_MS);
    expect(handled).toEqual(['a']);
    await context.stop();
  });

  it('G13 a reader that waits for a view is answered in time', async () => {
    const world = new World();
    let answered = false;
    const waiting = world.queries.getOrWaitUntil('v', 1, 5_000).then(() => (answered = true));
    await set(world.clock);
    await world.clock.advance(5_000);
    await waiting;
    expect(answered).toBe(true);
  });

  it('G7 what a dead process had in hand comes back after its lease, and what a living one has stays', async () => {
    const world = new World();
    const { promise: going, resolve: go } = Promise.withResolvers<void>();
    let attempts = 0;
    const context = await world.worker((p) =>
      p
        .endpoint('slow')
        .lease(20_000)
        .handlerTimeout(Infinity)
        .commands<CounterCommands>()
        .handle('Tell', async () => {
          attempts++;
          await going;
        }),
    );
    await context.commands<CounterCommands>().send('Tell', { text: 'slow' });
    await world.clock.advance(1_000);

    const { context: dying, handled } = await worker(world);
    await dying.processors[0]?.stop();
    await dying.commands<CounterCommands>().send('Work', { id: 'a' });
    const dead = world.transport.receiver('work', { leaseMs: 20_000 });
    await dead.receive(1, new AbortController().signal);
    dying.processors[0]?.start();
    await set(world.clock);
    await world.clock.advance(15_000);
    expect([handled, attempts]).toEqual([[], 1]);
    await world.clock.advance(2 * MINUTE);
    expect([handled, attempts]).toEqual([['a'], 1]);
    go();
    await world.clock.settle();
    await Promise.all([context.stop(), dying.stop()]);
  });

  it('G5 a partition is worked on by one process at a time, and goes to another when its holder is gone', async () => {
    const world = new World();
    const one = await worker(world, { ordered: true });
    const other = await worker(world, { ordered: true });
    await set(world.clock);
    for (let i = 0; i < 10; i++) {
      await one.context.commands<CounterCommands>().send('Work', { id: `${i}` }, { key: 'k' });
      await world.clock.advance(5_000);
    }
    const both = [...one.handled, ...other.handled];
    expect(both).toEqual(Array.from({ length: 10 }, (__, i) => `${i}`));
    await one.context.stop();
    await other.context.commands<CounterCommands>().send('Work', { id: 'last' }, { key: 'k' });
    await world.clock.advance(30_000);
    expect([...one.handled, ...other.handled]).toHaveLength(11);
    await other.context.stop();
  });

  it('G1 what a crash left unpublished is published in time', async () => {
    const world = new World();
    const heard: number[] = [];
    const context = await world
      .process()
      .eventSourcing((c) => c.bind(Counter).recovery({ olderThanMs: 30_000, everyMs: 10_000 }))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('listener')
            .events<{ Added: { amount: number } }>()
            .handle('Added', ({ amount }) => void heard.push(amount)),
        ),
      )
      .start();
    await world.clock.advance(1_000);
    await append(world.db, 'Counter/a', 't', 0, [7]);
    await set(world.clock);
    await world.clock.advance(MINUTE);
    expect(heard).toEqual([7]);
    await context.stop();
  });
});

describe('A moment that is waited for', () => {
  it('is looked at again at least every 30 seconds', async () => {
    const clock = new VirtualClock();
    let at: number | undefined;
    scheduleAt(clock, clock.now() + HOUR, () => (at = clock.monotonic()));
    await clock.advance(MINUTE);
    clock.step(HOUR);
    await clock.advance(SOON_MS);
    expect(at).toBe(MINUTE + SOON_MS);
    const cancelled = scheduleAt(clock, clock.now() + HOUR, () => expect.unreachable());
    await clock.advance(MINUTE);
    cancelled.cancel();
    await clock.advance(2 * HOUR);
    expect(clock.pending).toBe(0);
  });
});

describe('G5 events of one stream that a crash left unpublished', () => {
  it.each([0, 1_200])('are published in order, with %i other streams that wait too', async (others) => {
    const world = new World();
    const heard: number[] = [];
    const context = await world
      .process()
      .eventSourcing((c) => c.bind(Counter).recovery({ everyMs: HOUR }))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('listener')
            .events<{ Added: { amount: number } }>()
            .handle('Added', (_, { sequenceId, aggregateId }) => {
              if (aggregateId === 's') heard.push(sequenceId);
            }),
        ),
      )
      .start();
    for (let i = 0; i < others; i++) await append(world.db, `Counter/${i}`, 't', 0, [1]);
    await append(world.db, 'Counter/s', 't1', 0, [1]);
    await append(world.db, 'Counter/s', 't2', 1, [1]);
    await context.eventStore.republish('Counter/s', 't2');
    await world.clock.settle();
    expect(heard).toEqual([1, 2]);
    await context.stop();
  });

  it('are not published past one that cannot be', async () => {
    const world = new World();
    const published: string[] = [];
    let isBroken = true;
    const store = new EventStore(world.db, (streamId, events) => {
      if (isBroken && streamId === 'Counter/a' && events[0]?.sequenceId === 1) throw new Error('no');
      published.push(...events.map(({ sequenceId }) => `${streamId}@${sequenceId}`));
    });
    await append(world.db, 'Counter/a', 't1', 0, [1]);
    await append(world.db, 'Counter/a', 't2', 1, [1]);
    await append(world.db, 'Counter/b', 't1', 0, [1]);
    const result = await store.recover(Infinity);
    expect([result.published, result.errors.length, published]).toEqual([1, 1, ['Counter/b@1']]);
    isBroken = false;
    await store.recover(Infinity);
    expect(published).toEqual(['Counter/b@1', 'Counter/a@1', 'Counter/a@2']);
  });
});
