import type { DomainContext } from '@ndomain/core';
import { FaultPlan, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { Counter, type CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

class Refused extends Error {}

/** An endpoint that has given up on messages of two kinds, for two reasons. */
async function withDeadLetters(): Promise<{
  world: World;
  context: DomainContext;
  worked: string[];
  mend: () => void;
}> {
  const world = new World();
  const worked: string[] = [];
  let isBroken = true;
  const context = await world.worker((p) =>
    p
      .endpoint('work')
      .recoverability({ immediateRetries: 0, delayedRetries: [] })
      .commands<CounterCommands>()
      .handle('Work', ({ id }) => {
        if (isBroken && id.startsWith('refused')) throw new Refused(`${id} is refused`);
        if (isBroken) throw new Error(`${id} failed`);
        worked.push(id);
      })
      .handle('Tell', ({ text }) => {
        if (isBroken) throw new Error('nobody listens');
        worked.push(text);
      }),
  );
  const commands = context.commands<CounterCommands>();
  for (const id of ['1', '2', 'refused1']) await commands.send('Work', { id }, { id: `work-${id}` });
  await commands.send('Tell', { text: 'hello' });
  await world.clock.settle();
  return { world, context, worked, mend: () => (isBroken = false) };
}

describe('G8 dead letters', () => {
  it('can be grouped by cause, and a group retried', async () => {
    const { world, context, worked, mend } = await withDeadLetters();
    const dead = context.deadLetters('work');
    const groups = await dead.groups();
    expect(groups.map(({ message, code, count }) => [message, code, count])).toEqual([
      ['Work', 'Error', 3],
      ['Tell', 'Error', 1],
    ]);
    mend();
    const [work] = groups;
    expect(await dead.retry(work?.filter ?? [])).toBe(3);
    await world.clock.settle();
    expect(worked).toEqual(['1', '2', 'refused1']);
    expect(await dead.count()).toBe(1);
    await context.stop();
  });

  it('can be filtered and paged, inspected, and purged', async () => {
    const { world, context } = await withDeadLetters();
    const dead = context.deadLetters('work');
    const [first] = await dead.list({ filter: { message: 'Work' }, limit: 1 });
    const rest = await dead.list({ filter: { message: 'Work' }, ...(first === undefined ? {} : { after: first.id }) });
    expect([first, ...rest].map((letter) => letter?.message?.id)).toEqual(['work-1', 'work-2', 'work-refused1']);
    expect(await dead.get(first?.id ?? '')).toEqual(first);
    expect(await dead.get('nope')).toBeUndefined();
    expect(await dead.list({ filter: { since: new Date(world.clock.now() + 1) } })).toEqual([]);
    expect(await dead.purge({ message: 'Tell' })).toBe(1);
    expect(await dead.count()).toBe(3);
    await context.stop();
  });

  it('can be corrected and retried under their own id', async () => {
    const { world, context, worked, mend } = await withDeadLetters();
    const dead = context.deadLetters('work');
    const [letter] = await dead.list({ filter: { message: 'Tell' } });
    mend();
    await dead.editAndRetry(letter?.id ?? '', { payload: { text: 'corrected' } });
    await world.clock.settle();
    expect(worked).toEqual(['corrected']);
    expect(await dead.count()).toBe(3);
    await expect(dead.editAndRetry('nope', {})).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
    await context.stop();
  });
});

describe('An inbox', () => {
  it('G3 lets a handler with effects of its own run once, also for a message that is sent twice', async () => {
    const world = new World();
    const mails: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('mail')
        .inbox(60_000)
        .commands<CounterCommands>()
        .handle('Tell', ({ text }) => void mails.push(text), { inbox: true }),
    );
    const commands = context.commands<CounterCommands>();
    for (let i = 0; i < 3; i++) await commands.send('Tell', { text: 'welcome' }, { id: 'one' });
    await commands.send('Tell', { text: 'other' }, { id: 'two' });
    await world.clock.settle();
    expect(mails).toEqual(['welcome', 'other']);
    await world.clock.advance(61_000);
    await commands.send('Tell', { text: 'welcome' }, { id: 'one' });
    await world.clock.settle();
    expect(mails).toHaveLength(3);
    await context.stop();
  });

  it('forgets a handling that failed', async () => {
    const world = new World();
    let attempts = 0;
    const context = await world.worker((p) =>
      p
        .endpoint('mail')
        .commands<CounterCommands>()
        .handle(
          'Tell',
          () => {
            if (++attempts < 3) throw new Error('no');
          },
          { inbox: true },
        ),
    );
    await context.commands<CounterCommands>().send('Tell', { text: '' }, { id: 'one' });
    await world.clock.settle();
    expect(attempts).toBe(3);
    await context.stop();
  });
});

describe('Health', () => {
  it.each([false, true])(
    'is healthy as soon as receiving is established, though nothing comes (ordered: %s)',
    async (ordered) => {
      const world = new World();
      const context = await world.worker((p) => {
        p.endpoint('work')
          .commands<CounterCommands>()
          .handle('Work', () => undefined);
        if (ordered) p.ordered();
      });
      await world.clock.settle();
      expect(context.health()).toMatchObject({
        state: 'healthy',
        parts: [{ part: 'endpoint work' }, { part: 'recovery' }],
      });
      await context.stop();
    },
  );

  it('is failing while the transport says that receiving does not work, and healthy when it works again, while nothing comes', async () => {
    const world = new World();
    const told: ((problem: unknown) => void)[] = [];
    const { transport } = world;
    const receiver = transport.receiver.bind(transport);
    transport.receiver = (endpoint, options) => {
      if (options.onReceiving !== undefined) told.push(options.onReceiving);
      return receiver(endpoint, options);
    };
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .commands<CounterCommands>()
        .handle('Work', () => undefined),
    );
    await world.clock.settle();
    for (const tell of told) tell(new Error('the server is away'));
    expect(context.health()).toMatchObject({
      state: 'failing',
      parts: [{ state: 'failing', lastError: { message: 'the server is away' } }, { state: 'healthy' }],
    });
    for (const tell of told) tell(undefined);
    expect(context.health()).toMatchObject({
      state: 'healthy',
      parts: [{ lastError: { message: 'the server is away' } }, {}],
    });
    await context.stop();
  });

  it('has the parts of the backends', async () => {
    const world = new World();
    const part = { part: 'file x', state: 'failing', since: new Date(0) } as const;
    const context = await world
      .process()
      .with({ name: 'x', health: () => [part] })
      .start();
    await world.clock.settle();
    expect(context.health()).toMatchObject({ state: 'failing', parts: [{ part: 'recovery' }, part] });
    await context.stop();
  });

  it('turns to failing with the last error while the transport is away, and back (G12)', async () => {
    const world = new World();
    const plan = new FaultPlan();
    for (let i = 2; i <= 4; i++) plan.failBefore('receive', i);
    const context = await world
      .process()
      .bus((c) =>
        c.transport(new FaultyTransport(world.transport, plan)).withProcessor((p) =>
          p
            .endpoint('work')
            .commands<CounterCommands>()
            .handle('Work', () => undefined),
        ),
      )
      .start();
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(context.health().state).toBe('failing');
    expect(context.health().parts).toContainEqual(
      expect.objectContaining({ part: 'endpoint work', lastError: expect.objectContaining({}) as object }),
    );
    await world.clock.advance(60_000);
    await context.commands<CounterCommands>().send('Work', { id: '2' });
    await world.clock.settle();
    expect(context.health().state).toBe('healthy');
    await context.stop();
    expect(context.health().state).toBe('stopped');
  });
});

describe('Stats', () => {
  it('tell what waits, for how long, and what was done in which time', async () => {
    const world = new World();
    const context = await world
      .process()
      .eventSourcing((c) => c.bind(Counter))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('work')
            .concurrency(1)
            .commands<CounterCommands>()
            .handle('Work', async ({ id }) => {
              await new Promise<void>((resolve) => void world.clock.schedule(Number(id), resolve));
              if (id === '3') throw new Error('no');
            }),
        ),
      )
      .start();
    const commands = context.commands<CounterCommands>();
    for (const id of ['100', '100', '5000', '5001']) await commands.send('Work', { id });
    await commands.send('Work', { id: '1' }, { delayMs: 3_600_000 });
    await world.db.append('Counter/x', 't', 0, [
      {
        aggregateId: 'x',
        sequenceId: 1,
        date: new Date(0),
        name: 'Renamed',
        revision: 1,
        payload: {},
        transactionId: 't',
        metadata: {},
      },
    ]);
    await world.clock.advance(1_000);
    const { endpoints, uncommitted } = await context.stats();
    expect(endpoints).toEqual([
      expect.objectContaining({ endpoint: 'work', ready: 1, delayed: 1, inFlight: 1, dead: 0, oldestAgeMs: 1_000 }),
    ]);
    const [component] = endpoints[0]?.components ?? [];
    expect(component).toMatchObject({ component: 'Work', handled: 2, failed: 0 });
    expect(component?.times.p50).toBeGreaterThanOrEqual(100);
    expect(component?.times.p50).toBeLessThanOrEqual(110);
    expect(uncommitted).toEqual({ count: 1, oldestAgeMs: 1_000 });
    const stopped = context.stop();
    await world.clock.advance(20_000);
    await stopped;
  });
});
