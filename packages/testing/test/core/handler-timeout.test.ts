import { isNDomainError } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

describe('A handler that overruns its timeout', () => {
  it('G7 is told by its signal, and the message is tried again', async () => {
    const world = new World();
    const attempts: [number, number][] = [];
    const reasons: unknown[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .handlerTimeout(60_000)
        .commands<CounterCommands>()
        .handle('Work', async (_, { attempt, signal }) => {
          attempts.push([attempt, world.elapsed]);
          if (attempt > 1) return;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          reasons.push(signal.reason);
        }),
    );
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(59_000);
    expect(attempts).toEqual([[1, 0]]);
    await world.clock.advance(10_000);
    expect(attempts).toEqual([
      [1, 0],
      [2, expect.toSatisfy((time) => time >= 60_000 && time <= 65_000)],
    ]);
    expect(reasons).toEqual([expect.toSatisfy((reason) => isNDomainError(reason, 'ND_HANDLER_TIMEOUT'))]);
    expect(await context.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await context.stop();
  });

  it('G2 sends nothing, also when it goes on and succeeds later', async () => {
    const world = new World();
    const told: string[] = [];
    const late = Promise.withResolvers<void>();
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .handlerTimeout(1_000)
        .commands<CounterCommands>()
        .handle('Tell', ({ text }) => void told.push(text))
        .handle('Work', async (_, { attempt }) => {
          await commands.send('Tell', { text: `begun ${attempt}` });
          if (attempt === 1) await late.promise;
          await commands.send('Tell', { text: `done ${attempt}` });
        }),
    );
    const commands = context.commands<CounterCommands>();
    await commands.send('Work', { id: '1' });
    await world.clock.advance(5_000);
    expect(told).toEqual(['begun 2', 'done 2']);
    late.resolve();
    await world.clock.advance(5_000);
    expect(told).toEqual(['begun 2', 'done 2']);
    await context.stop();
  });

  it('G7 G8 does not occupy its place for ever: others are handled, and it ends among the dead letters', async () => {
    const world = new World();
    const done: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .concurrency(1)
        .handlerTimeout(1_000)
        .recoverability({ immediateRetries: 1, delayedRetries: [] })
        .commands<CounterCommands>()
        .handle('Work', async ({ id }) => {
          if (id === 'stuck') await new Promise(() => undefined);
          done.push(id);
        }),
    );
    const commands = context.commands<CounterCommands>();
    await commands.send('Work', { id: 'stuck' });
    await commands.send('Work', { id: 'next' });
    await world.clock.advance(10_000);
    expect(done).toEqual(['next']);
    const [letter] = await context.deadLetters('work').list({ limit: 10 });
    expect(letter?.reason).toMatchObject({ code: 'ND_HANDLER_TIMEOUT', attempts: 2 });
    await context.stop();
  });
});
