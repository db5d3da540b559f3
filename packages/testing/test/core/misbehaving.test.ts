import { LeaseLostError, recoverability, type DomainContext, type Logger, type Recovery } from '@ndomain/core';
import { eventually } from '@ndomain/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const once = recoverability({ immediateRetries: 0, delayedRetries: [] });

afterEach(() => {
  vi.restoreAllMocks();
});

/** A worker whose first message fails with `thrown`, and that handles the second. */
async function afterFailing(
  thrown: unknown,
  policy: unknown = once,
): Promise<{ world: World; context: DomainContext; handled: string[] }> {
  const world = new World();
  const handled: string[] = [];
  const context = await world.worker((p) =>
    p
      .endpoint('work')
      .concurrency(1)
      .recoverability(policy as typeof once)
      .commands<CounterCommands>()
      .handle('Work', ({ id }) => {
        if (id === 'bad') throw thrown;
        handled.push(id);
      }),
  );
  await context.commands<CounterCommands>().send('Work', { id: 'bad' });
  await world.clock.advance(1_000);
  await context.commands<CounterCommands>().send('Work', { id: 'good' });
  await world.clock.advance(1_000);
  return { world, context, handled };
}

const withGetter = (member: string): Error =>
  Object.defineProperty(new Error('odd'), member, {
    get(): never {
      throw new Error('not to be read');
    },
  });

const hostile = new Proxy(new Error('proxied'), {
  get(): never {
    throw new Error('not to be read');
  },
  has(): never {
    throw new Error('not to be asked');
  },
  getPrototypeOf(): never {
    throw new Error('not to be asked');
  },
});

describe('G8 whatever a handler throws, its message is a dead letter that says what it can, and its slot is free', () => {
  it.each<[string, unknown, { code: string; message?: string }]>([
    ['an error whose message cannot be read', withGetter('message'), { code: 'Error' }],
    ['an error whose stack cannot be read', withGetter('stack'), { code: 'Error', message: 'odd' }],
    ['an error whose name cannot be read', withGetter('name'), { code: 'ERROR', message: 'odd' }],
    ['an error whose code cannot be read', withGetter('code'), { code: 'Error', message: 'odd' }],
    [
      'an error whose name is a symbol',
      Object.assign(new Error('odd'), { name: Symbol('s') }),
      { code: 'ERROR', message: 'odd' },
    ],
    [
      'an error whose name is nothing',
      Object.assign(new Error('odd'), { name: undefined }),
      { code: 'ERROR', message: 'odd' },
    ],
    ['a proxy that refuses everything', hostile, { code: 'ERROR' }],
    [
      'an error with a code',
      Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      { code: 'ECONNREFUSED', message: 'no' },
    ],
    ['an object with a code', { code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }],
    [
      'an error that borrows a code of ours',
      Object.assign(new Error('mine'), { code: 'ND_LEASE_LOST' }),
      { code: 'ND_LEASE_LOST' },
    ],
    ['a lease that was lost elsewhere', new LeaseLostError('another', 'elsewhere'), { code: 'ND_LEASE_LOST' }],
    ['nothing', undefined, { code: 'ERROR', message: 'undefined' }],
    ['a symbol', Symbol('s'), { code: 'ERROR', message: 'Symbol(s)' }],
  ])('%s', async (_, thrown, reason) => {
    const { context, handled } = await afterFailing(thrown);
    expect(handled).toEqual(['good']);
    const letters = await context.deadLetters('work').list();
    expect(letters).toMatchObject([{ message: { payload: { id: 'bad' } }, reason }]);
    expect(await context.deadLetters('work').list({ filter: { code: reason.code } })).toHaveLength(1);
    await context.stop();
  });
});

describe('G8 a policy that answers what is no answer', () => {
  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['a promise', async () => ({ action: 'retryNow' }) satisfies Recovery],
    ['a moment that is none', () => ({ action: 'retryAt', at: NaN })],
    ['a moment in words', () => ({ action: 'retryAt', at: 'tomorrow' })],
    ['another action', () => ({ action: 'giveUp' })],
    ['a text', () => 'retryNow'],
  ])('(%s) makes a dead letter that says so, and the worker goes on', async (_, policy) => {
    const { context, handled } = await afterFailing(new Error('no'), policy);
    expect(handled).toEqual(['good']);
    const [letter] = await context.deadLetters('work').list();
    expect(letter?.reason.code).toBe('ND_INVALID_OPTION');
    expect(letter?.reason.message).toContain(
      "Expected the recoverability policy to be an answer such as { action: 'retryNow' }",
    );
    await context.stop();
  });

  it('(it throws) makes a dead letter with the error of the handler', async () => {
    const { context, handled } = await afterFailing(new Error('no'), () => {
      throw new Error('the policy');
    });
    expect(handled).toEqual(['good']);
    expect(await context.deadLetters('work').list()).toMatchObject([{ reason: { message: 'no' } }]);
    await context.stop();
  });
});

describe('A logger that fails', () => {
  const failing = (): never => {
    throw new Error('the disk is full');
  };
  const rejecting = (): unknown => Promise.reject(new Error('the disk is full'));

  it.each<[string, Logger]>([
    ['by throwing', { debug: failing, info: failing, warn: failing, error: failing }],
    ['by rejecting', { debug: failing, info: rejecting, warn: rejecting, error: rejecting }],
  ])('(%s) ends nothing: all messages are handled, and it is told once', async (_, logger) => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const world = new World();
    const handled: string[] = [];
    const context = await world
      .process()
      .logging((c) => c.logger(logger))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('work')
            .recoverability(recoverability({ immediateRetries: 1, delayedRetries: [] }))
            .commands<CounterCommands>()
            .handle('Work', ({ id }, { attempt }) => {
              if (attempt === 1) throw new Error('not yet');
              handled.push(id);
            }),
        ),
      )
      .start();
    for (let i = 0; i < 10; i++) await context.commands<CounterCommands>().send('Work', { id: `${i}` });
    await context.events<{ Nothing: object }>().publish('Nothing', {});
    await world.clock.advance(1_000);
    expect(handled).toHaveLength(10);
    expect(told.mock.calls).toEqual([[expect.stringContaining('the logger failed')]]);
    await context.stop();
  });
});

describe('What lives on after the handling that it was made in', () => {
  it.each([
    ['failed', true],
    ['succeeded', false],
  ])('sends as anything else does, when that handling %s', async (_, fails) => {
    const world = new World();
    const told: string[] = [];
    let later: (() => Promise<string>)[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .recoverability(once)
        .commands<CounterCommands>()
        .handle('Tell', ({ text }) => void told.push(text))
        .handle('Work', ({ id }) => {
          // As a timer or a lazily made client keeps what it was made in.
          const { promise, resolve } = Promise.withResolvers<void>();
          const sending = promise.then(() => context.commands<CounterCommands>().send('Tell', { text: `later ${id}` }));
          later.push(() => {
            resolve();
            return sending;
          });
          if (fails) throw new Error('no');
        }),
    );
    for (let i = 0; i < 20; i++) await context.commands<CounterCommands>().send('Work', { id: `${i}` });
    await world.clock.advance(1_000);
    const ids = await Promise.all(later.map((send) => send()));
    later = [];
    await world.clock.advance(1_000);
    expect(told).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
    await context.stop();
  });

  it('G2 is refused while a handler still runs that was given up, with the reason', async () => {
    const world = new World();
    const late = Promise.withResolvers<void>();
    let refused: unknown;
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .handlerTimeout(1_000)
        .recoverability(once)
        .commands<CounterCommands>()
        .handle('Work', async () => {
          await late.promise;
          refused = await context
            .commands<CounterCommands>()
            .send('Work', { id: '2' })
            .catch((error: unknown) => error);
        }),
    );
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(5_000);
    late.resolve();
    await world.clock.settle();
    expect(refused).toMatchObject({ code: 'ND_HANDLER_TIMEOUT' });
    await context.stop();
  });
});

describe('An ordered endpoint that retries at once, without end', () => {
  it('lets the event loop turn', async () => {
    const world = new World();
    let attempts = 0;
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .ordered({ partitions: 1 })
        .throttle({ afterFailures: 1_000_000 })
        .recoverability(({ attempt }) => (attempt < 2_000 ? { action: 'retryNow' } : { action: 'deadLetter' }))
        .commands<CounterCommands>()
        .handle('Work', () => {
          attempts++;
          throw new Error('no');
        }),
    );
    await world.clock.settle();
    await context.commands<CounterCommands>().send('Work', { id: '1' }, { key: 'k' });
    let turnsTaken = 0;
    const turn = (): void => {
      turnsTaken++;
      immediate = setImmediate(turn);
    };
    let immediate = setImmediate(turn);
    await eventually(() => attempts >= 2_000);
    clearImmediate(immediate);
    expect(turnsTaken).toBeGreaterThan(50);
    await context.stop();
  });

  it.each([false, true])('slows down as others do (ordered: %s)', async (ordered) => {
    const world = new World();
    let attempts = 0;
    const context = await world.worker((p) => {
      p.endpoint('work')
        .recoverability(() => ({ action: 'retryNow' }))
        .maxDeliveries(1_000_000)
        .commands<CounterCommands>()
        .handle('Work', () => {
          attempts++;
          throw new Error('no');
        });
      if (ordered) p.ordered({ partitions: 1 });
    });
    await world.clock.settle();
    await context.commands<CounterCommands>().send('Work', { id: '1' }, { key: 'k' });
    await world.clock.advance(5_000);
    expect(attempts).toBeGreaterThan(25);
    expect(attempts).toBeLessThanOrEqual(50);
    await context.stop();
  });
});

describe('A correlation id that the caller gives within a handling', () => {
  it('is the caller’s', async () => {
    const world = new World();
    const heard: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .commands<CounterCommands>()
        .handle('Tell', (_, { correlationId }) => void heard.push(correlationId))
        .handle('Work', async () => {
          await context.commands<CounterCommands>().send('Tell', { text: '' }, { headers: { correlationId: 'mine' } });
          await context.commands<CounterCommands>().send('Tell', { text: '' });
        }),
    );
    const id = await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(heard).toEqual(['mine', id]);
    await context.stop();
  });
});

describe('What an application calls', () => {
  it('answers with a promise, also where it refuses at once', async () => {
    const world = new World();
    await using context = await world.process().start();
    const refused = context.eventStore.append('Counter/a', 't', 0, []).catch((error: unknown) => error);
    expect(await refused).toMatchObject({ code: 'ND_INVALID_APPEND' });
    expect(await context.deadLetters('work').list({ limit: 0 })).toEqual([]);
  });
});
