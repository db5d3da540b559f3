import { recoverability, type RecoverabilityPolicy } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const DAY_MS = 86_400_000;

class Bug extends Error {}

/** Handles every message by failing, and remembers when. */
async function failing({
  policy,
  error = new Bug('no'),
}: { policy?: RecoverabilityPolicy; error?: unknown } = {}): Promise<{
  world: World;
  context: Awaited<ReturnType<World['worker']>>;
  attempts: [number, number][];
}> {
  const world = new World();
  const attempts: [number, number][] = [];
  const context = await world.worker((p) => {
    p.endpoint('work')
      .commands<CounterCommands>()
      .handle('Work', (_, { attempt }) => {
        attempts.push([attempt, world.elapsed]);
        throw error;
      });
    if (policy !== undefined) p.recoverability(policy);
  });
  return { world, context, attempts };
}

describe('A message whose handler fails', () => {
  it('G8 is tried 5 times more at once, then after 10, 20 and 30 seconds, and is then given up on', async () => {
    const { world, context, attempts } = await failing({ policy: recoverability({ jitter: 0 }) });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(DAY_MS);
    const times = [0, 0, 0, 0, 0, 0, 10_000, 30_000, 60_000];
    expect(attempts).toEqual(times.map((time, i) => [i + 1, time]));
    expect(await context.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 1 });
    await context.stop();
  });

  it('G8 is delayed by up to a quarter less by default, so that those who failed together do not come back together', async () => {
    const first: number[] = [];
    for (let i = 0; i < 20; i++) {
      const { world, context, attempts } = await failing();
      await context.commands<CounterCommands>().send('Work', { id: String(i) });
      await world.clock.advance(DAY_MS);
      expect(attempts).toHaveLength(9);
      first.push(...attempts.filter(([attempt]) => attempt === 7).map(([, time]) => time));
      await context.stop();
    }
    expect(Math.min(...first)).toBeGreaterThanOrEqual(7_500);
    expect(Math.max(...first)).toBeLessThanOrEqual(10_000);
    expect(new Set(first).size).toBeGreaterThan(10);
  });

  it('G8 leaves a dead letter with reason, stack, attempts, endpoint and the message as it was sent', async () => {
    const { world, context } = await failing({ policy: recoverability({ immediateRetries: 1, delayedRetries: [] }) });
    await context.commands<CounterCommands>().send('Work', { id: '1' }, { id: 'm1', headers: { who: 'me' } });
    await world.clock.settle();
    const [letter] = await context.deadLetters('work').list({ limit: 10 });
    expect(letter).toMatchObject({
      endpoint: 'work',
      reason: { code: 'Error', message: 'no', attempts: 2, failedAt: world.clock.now() },
      message: { id: 'm1', name: 'Work', payload: { id: '1' }, headers: { who: 'me' }, component: 'Work' },
    });
    expect(letter?.reason.stack).toContain('retries.test.ts');
    await context.stop();
  });

  it('G8 can be tried again from the dead letters, with all its attempts', async () => {
    const { world, context, attempts } = await failing({ policy: recoverability({ jitter: 0 }) });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(DAY_MS);
    attempts.length = 0;
    expect(await context.deadLetters('work').retry('all')).toBe(1);
    await world.clock.advance(DAY_MS);
    expect(attempts.map(([attempt]) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await context.deadLetters('work').count()).toBe(1);
    await context.stop();
  });

  it('goes to the dead letters at once for an error that no retry can mend', async () => {
    const { world, context, attempts } = await failing({ policy: recoverability({ unrecoverable: [Bug] }) });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(attempts).toHaveLength(1);
    expect(await context.deadLetters('work').count()).toBe(1);
    await context.stop();
  });

  it('is treated as a policy of one’s own says: a time, at once, forgotten', async () => {
    const policy: RecoverabilityPolicy = ({ attempt, now, error, message }) => {
      expect([error, message.name]).toEqual([expect.any(Bug), 'Work']);
      if (attempt === 1) return { action: 'retryAt', at: now + 1_234 };
      return attempt === 2 ? { action: 'retryNow' } : { action: 'discard' };
    };
    const { world, context, attempts } = await failing({ policy });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(DAY_MS);
    expect(attempts).toEqual([
      [1, 0],
      [2, 1_234],
      [3, 1_234],
    ]);
    expect(await context.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await context.stop();
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['an object without a prototype', Object.create(null) as unknown],
    ['a symbol', Symbol('odd')],
    ['an error with a message that is none', Object.assign(new Error('x'), { message: undefined, stack: 5 })],
    [
      'an object that refuses to be a text',
      {
        toString: () => {
          throw new Error('no text');
        },
      },
    ],
  ])('G8 is given up on, whatever was thrown: %s', async (_, error) => {
    const { world, context, attempts } = await failing({ error });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(DAY_MS);
    expect(attempts).toHaveLength(9);
    expect(await context.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 1 });
    await context.stop();
  });

  it('G8 is not lost, and the consumer goes on, when the policy itself fails', async () => {
    const policy: RecoverabilityPolicy = () => {
      throw new Error('the policy has a bug');
    };
    const { world, context, attempts } = await failing({ policy });
    for (let i = 0; i < 20; i++) await context.commands<CounterCommands>().send('Work', { id: String(i) });
    await world.clock.settle();
    expect(attempts.length).toBeGreaterThanOrEqual(20);
    const { ready, delayed, inFlight, dead } = await context.figures('work');
    expect(ready + delayed + inFlight + dead).toBe(20);
    await context.stop();
  });
});

describe('A component that fails', () => {
  it('G6 is retried alone: the others get the message once', async () => {
    const world = new World();
    const seen: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .recoverability({ immediateRetries: 2, delayedRetries: [] })
        .commands<CounterCommands>()
        .handle('Work', () => void seen.push('good'), { component: 'Good' })
        .handle(
          'Work',
          () => {
            seen.push('bad');
            throw new Bug('no');
          },
          { component: 'Bad' },
        ),
    );
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(DAY_MS);
    expect(seen.toSorted()).toEqual(['bad', 'bad', 'bad', 'good']);
    const [letter, ...more] = await context.deadLetters('work').list({ limit: 10 });
    expect([letter?.message?.component, more.length]).toEqual(['Bad', 0]);
    await context.stop();
  });

  it('G8 does not stop the consumer: what follows is handled', async () => {
    const world = new World();
    const done: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .concurrency(2)
        .commands<CounterCommands>()
        .handle('Work', async ({ id }) => {
          if (Number(id) % 2 === 0) throw new Bug(id);
          done.push(id);
        }),
    );
    for (let i = 0; i < 100; i++) await context.commands<CounterCommands>().send('Work', { id: String(i) });
    await world.clock.advance(DAY_MS);
    expect(done).toHaveLength(50);
    expect(await context.deadLetters('work').count()).toBe(50);
    await context.stop();
  });
});
