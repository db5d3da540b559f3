import { isNDomainError } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

describe('Stopping', () => {
  it('G9 lets running handlers finish and takes nothing more', async () => {
    const world = new World();
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .concurrency(2)
        .commands<CounterCommands>()
        .handle('Work', async ({ id }, { signal }) => {
          log.push(`begun ${id}`);
          await gate.promise;
          log.push(`done ${id} ${signal.aborted}`);
        }),
    );
    for (const id of ['1', '2', '3', '4']) await context.commands<CounterCommands>().send('Work', { id });
    await world.clock.settle();
    const stopped = context.stop().then(() => log.push('stopped'));
    await world.clock.advance(5_000);
    gate.resolve();
    await stopped;
    expect(log).toEqual(['begun 1', 'begun 2', 'done 1 false', 'done 2 false', 'stopped']);
    expect(await world.transport.figures('work')).toMatchObject({ ready: 2, delayed: 0, inFlight: 0, dead: 0 });
  });

  it('G9 is bounded by its deadline: then handlers are aborted, their messages given back at once and uncounted', async () => {
    const world = new World();
    const reasons: unknown[] = [];
    const attempts: number[] = [];
    const start = (isStuck: boolean): ReturnType<World['worker']> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .stopTimeout(10_000)
          .commands<CounterCommands>()
          .handle('Work', async (_, { attempt, signal }) => {
            attempts.push(attempt);
            if (!isStuck) return;
            signal.addEventListener('abort', () => reasons.push(signal.reason));
            await new Promise(() => undefined);
          }),
      );
    const context = await start(true);
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    let stoppedAt = -1;
    const stopped = context.stop().then(() => (stoppedAt = world.elapsed));
    await world.clock.advance(9_999);
    expect(stoppedAt).toBe(-1);
    await world.clock.advance(1);
    await stopped;
    expect(stoppedAt).toBe(10_000);
    expect(reasons).toEqual([expect.toSatisfy((reason) => isNDomainError(reason, 'ND_STOPPED'))]);
    const next = await start(false);
    await world.clock.settle();
    expect(attempts).toEqual([1, 1]);
    expect(await next.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await next.stop();
  });

  it('G2 G9 a handler that was aborted by a stop sends nothing, also when it goes on', async () => {
    const world = new World();
    const gate = Promise.withResolvers<void>();
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .stopTimeout(1_000)
        .commands<CounterCommands>()
        .handle('Tell', () => undefined)
        .handle('Work', async () => {
          await commands.send('Tell', { text: 'early' });
          await gate.promise;
          await commands.send('Tell', { text: 'late' });
        }),
    );
    const commands = context.commands<CounterCommands>();
    await commands.send('Work', { id: '1' });
    await world.clock.settle();
    const stopped = context.stop();
    await world.clock.advance(1_000);
    await stopped;
    gate.resolve();
    await world.clock.advance(1_000);
    expect(await world.transport.figures('work')).toMatchObject({ ready: 1, delayed: 0, inFlight: 0, dead: 0 });
  });

  it('G9 gives back at once what was received and not begun, in order and uncounted', async () => {
    const world = new World();
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const start = (): ReturnType<World['worker']> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .ordered()
          .concurrency(1)
          .commands<CounterCommands>()
          .handle('Work', async ({ id }, { attempt }) => {
            seen.push(`${id} ${attempt}`);
            await gate.promise;
          }),
      );
    const context = await start();
    const ids = ['1', '2', '3', '4', '5'];
    for (const id of ids) await context.commands<CounterCommands>().send('Work', { id }, { key: 'k' });
    await world.clock.settle();
    const stopped = context.stop();
    await world.clock.settle();
    gate.resolve();
    await stopped;
    const next = await start();
    await world.clock.settle();
    expect(seen).toEqual(ids.map((id) => `${id} 1`));
    await next.stop();
  });

  it('G9 leaves what others share alone: a delayed message of another process still comes', async () => {
    const world = new World();
    const done: string[] = [];
    const staying = await world.worker((p) =>
      p
        .endpoint('work')
        .commands<CounterCommands>()
        .handle('Work', ({ id }) => void done.push(id)),
    );
    const leaving = await world.process().start();
    await leaving.commands<CounterCommands>().send('Work', { id: '1' }, { delayMs: 10_000 });
    await leaving.stop();
    await world.clock.advance(10_000);
    expect(done).toEqual(['1']);
    await staying.stop();
  });

  it('a processor that was stopped can be started again', async () => {
    const world = new World();
    const done: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .commands<CounterCommands>()
        .handle('Work', ({ id }) => void done.push(id)),
    );
    const [processor] = context.processors;
    await processor?.stop();
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(done).toEqual([]);
    processor?.start();
    await world.clock.settle();
    expect(done).toEqual(['1']);
    await context.stop();
    await context.stop();
  });

  it('leaves no timer behind that would keep going', async () => {
    const world = new World();
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .commands<CounterCommands>()
        .handle('Work', () => undefined),
    );
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(1_000);
    await context.stop();
    await world.clock.advance(3_600_000);
    expect(world.clock.pending).toBe(0);
  });
});
