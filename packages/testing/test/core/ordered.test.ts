import { FaultPlan, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const KEYS = ['a', 'b', 'c', 'd'];
const NUMBERS = Array.from({ length: 20 }, (_, i) => i + 1);

describe('An ordered endpoint', () => {
  it('G5 handles the messages of a key one at a time and in order, and keys in parallel', async () => {
    const world = new World();
    const running = new Set<string>();
    let most = 0;
    const done: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .ordered()
        .concurrency(4)
        .commands<CounterCommands>()
        .handle('Work', async ({ id }, { headers }) => {
          const key = headers['key'] ?? '';
          expect(running.has(key)).toBe(false);
          running.add(key);
          most = Math.max(most, running.size);
          await new Promise<void>((resolve) => void world.clock.schedule(100 - Number(id), resolve));
          running.delete(key);
          done.push(`${key}${id}`);
        }),
    );
    for (const i of NUMBERS) for (const key of KEYS) await send(context, key, String(i));
    await world.clock.advance(60_000);
    for (const key of KEYS) expect(of(done, key)).toEqual(NUMBERS.map((i) => `${key}${i}`));
    expect(most).toBe(4);
    await context.stop();
  });

  it('G5 keeps the order of a key while one of its messages is retried, at once and delayed', async () => {
    const world = new World();
    const done: string[] = [];
    let failures = 7;
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .ordered()
        .commands<CounterCommands>()
        .handle('Work', async ({ id }) => {
          if (id === '2' && failures-- > 0) throw new Error('not yet');
          done.push(id);
        }),
    );
    for (const i of NUMBERS) await send(context, 'a', String(i));
    await world.clock.settle();
    expect(done).toEqual(['1']);
    await world.clock.advance(60_000);
    expect(done).toEqual(NUMBERS.map(String));
    await context.stop();
  });

  it('G5 a key that fails holds up only itself', async () => {
    const world = new World();
    const done: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .ordered()
        .concurrency(2)
        .commands<CounterCommands>()
        .handle('Work', async ({ id }, { headers }) => {
          if (headers['key'] === 'a') throw new Error('never');
          done.push(`${headers['key']}${id}`);
        }),
    );
    for (const i of NUMBERS.slice(0, 5)) for (const key of KEYS) await send(context, key, String(i));
    await world.clock.settle();
    for (const key of ['b', 'c', 'd']) expect(of(done, key)).toHaveLength(5);
    await context.stop();
  });

  it('G5 messages without a key wait for nobody', async () => {
    const world = new World();
    const started: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .ordered()
        .concurrency(3)
        .commands<CounterCommands>()
        .handle('Work', async ({ id }) => {
          started.push(id);
          await new Promise<void>((resolve) => void world.clock.schedule(1_000, resolve));
        }),
    );
    for (const i of NUMBERS.slice(0, 3)) await context.commands<CounterCommands>().send('Work', { id: String(i) });
    await world.clock.settle();
    expect(started.toSorted()).toEqual(['1', '2', '3']);
    const stopped = context.stop();
    await world.clock.advance(1_000);
    await stopped;
  });

  it('G5 G9 a stop while a message waits for its retry leaves the order of its key as it was', async () => {
    const world = new World();
    const done: string[] = [];
    let isBroken = true;
    const start = (): ReturnType<World['worker']> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .ordered()
          .concurrency(2)
          .commands<CounterCommands>()
          .handle('Work', async ({ id }) => {
            if (isBroken) throw new Error('not yet');
            done.push(id);
          }),
      );
    const first = await start();
    for (const i of NUMBERS.slice(0, 4)) await send(first, 'a', String(i));
    await world.clock.advance(2_000);
    await first.stop();
    isBroken = false;
    const second = await start();
    await world.clock.advance(60_000);
    expect(done).toEqual(['1', '2', '3', '4']);
    await second.stop();
  });

  it('G5 G9 a stop in the middle of many keys, and another start, keep every key in order', async () => {
    const world = new World();
    const done: string[] = [];
    const start = (): ReturnType<World['worker']> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .ordered()
          .concurrency(3)
          .commands<CounterCommands>()
          .handle('Work', async ({ id }, { headers }) => {
            await new Promise<void>((resolve) => void world.clock.schedule(10, resolve));
            done.push(`${headers['key']}${id}`);
          }),
      );
    let context = await start();
    for (const i of NUMBERS) for (const key of KEYS) await send(context, key, String(i));
    for (let i = 0; i < 5; i++) {
      await world.clock.advance(35);
      const stopped = context.stop();
      await world.clock.advance(100);
      await stopped;
      context = await start();
    }
    await world.clock.advance(10_000);
    for (const key of KEYS) expect(of(done, key)).toEqual(NUMBERS.map((i) => `${key}${i}`));
    await context.stop();
  });
});

function send(context: Awaited<ReturnType<World['worker']>>, key: string, id: string): Promise<string> {
  return context.commands<CounterCommands>().send('Work', { id }, { key });
}

function of(done: readonly string[], key: string): string[] {
  return done.filter((each) => each.startsWith(key));
}

describe('A lease that is lost on an ordered endpoint', () => {
  it('G5 lets nothing of its key overtake the message that was lost', async () => {
    const world = new World();
    const plan = new FaultPlan();
    for (let i = 1; i <= 100; i++) plan.failBefore('extend', i);
    const done: string[] = [];
    let isStuck = true;
    const context = await world
      .process()
      .bus((c) =>
        c.transport(new FaultyTransport(world.transport, plan)).withProcessor((p) =>
          p
            .endpoint('work')
            .ordered({ partitions: 1 })
            .lease(5_000)
            .commands<CounterCommands>()
            .handle('Work', async ({ id }, { signal }) => {
              if (isStuck) await new Promise((resolve) => signal.addEventListener('abort', resolve));
              else done.push(id);
              isStuck = false;
            }),
        ),
      )
      .start();
    const commands = context.commands<CounterCommands>();
    await commands.sendAll(['1', '2', '3'].map((id) => ({ name: 'Work', payload: { id }, options: { key: 'k' } })));
    await world.clock.advance(60_000);
    expect(done).toEqual(['1', '2', '3']);
    await context.stop();
  });
});
