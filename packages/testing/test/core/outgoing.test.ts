import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

interface Told {
  readonly text: string;
  readonly id: string;
  readonly causation: string | undefined;
}

/** An endpoint that does `work`, and one that keeps what it is told. */
async function telling(
  work: (context: Awaited<ReturnType<World['worker']>>, attempt: number) => Promise<unknown> | void,
) {
  const world = new World();
  const told: Told[] = [];
  const context: Awaited<ReturnType<World['worker']>> = await world
    .process()
    .bus((c) =>
      c
        .withProcessor((p) =>
          p
            .endpoint('work')
            .commands<CounterCommands>()
            .handle('Work', async (_, { attempt }) => void (await work(context, attempt))),
        )
        .withProcessor((p) =>
          p
            .endpoint('told')
            .commands<CounterCommands>()
            .handle('Tell', ({ text }, { messageId, headers }) => {
              told.push({ text, id: messageId, causation: headers['causationId'] });
            }),
        ),
    )
    .start();
  return { world, context, told };
}

describe('What a handler sends', () => {
  it('G2 leaves together, after it has succeeded, in order', async () => {
    const gate = Promise.withResolvers<void>();
    const { world, context, told } = await telling(async (each) => {
      await each.commands<CounterCommands>().send('Tell', { text: '1' });
      await each.commands<CounterCommands>().sendAll([{ name: 'Tell', payload: { text: '2' } }]);
      await each.events<CounterCommands>().publish('Tell', { text: '3' });
      await gate.promise;
    });
    await context.commands<CounterCommands>().send('Work', { id: '1' }, { id: 'm1' });
    await world.clock.advance(10_000);
    expect(told).toEqual([]);
    gate.resolve();
    await world.clock.settle();
    expect(told.map(({ text }) => text)).toEqual(['1', '2', '3']);
    expect(told.every(({ causation }) => causation === 'm1')).toBe(true);
    await context.stop();
  });

  it('G2 does not leave when it fails, unless it was sent immediately', async () => {
    const { world, context, told } = await telling(async (each, attempt) => {
      await each.commands<CounterCommands>().send('Tell', { text: `held ${attempt}` });
      await each.commands<CounterCommands>().send('Tell', { text: `immediate ${attempt}` }, { immediately: true });
      if (attempt < 3) throw new Error('no');
    });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(told.map(({ text }) => text)).toEqual(['immediate 1', 'immediate 2', 'immediate 3', 'held 3']);
    await context.stop();
  });

  it('G3 has ids that derive from the handled message: the same in a second run, different from each other', async () => {
    const { world, context, told } = await telling(async (each) => {
      for (const text of ['1', '2']) await each.commands<CounterCommands>().send('Tell', { text });
    });
    for (let i = 0; i < 2; i++) {
      await context.commands<CounterCommands>().send('Work', { id: '1' }, { id: 'm1' });
      await world.clock.settle();
    }
    await context.commands<CounterCommands>().send('Work', { id: '1' }, { id: 'm2' });
    await world.clock.settle();
    const [one, two, oneAgain, twoAgain, other] = told.map(({ id }) => id);
    expect([oneAgain, twoAgain]).toEqual([one, two]);
    expect(new Set([one, two, other]).size).toBe(3);
    await context.stop();
  });

  it('G11 is what it was when it was sent, whatever the handler does to it afterwards', async () => {
    const { world, context, told } = await telling(async (each) => {
      const payload = { text: 'as sent' };
      await each.commands<CounterCommands>().send('Tell', payload);
      payload.text = 'changed';
    });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(told.map(({ text }) => text)).toEqual(['as sent']);
    await context.stop();
  });

  it('G1 is not lost when it is sent after the handler has succeeded, by what the handler left running', async () => {
    const gate = Promise.withResolvers<void>();
    let later: Promise<unknown> = Promise.resolve();
    const { world, context, told } = await telling((each) => {
      later = gate.promise.then(() => each.commands<CounterCommands>().send('Tell', { text: 'later' }));
    });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    gate.resolve();
    await later;
    await world.clock.settle();
    expect(told.map(({ text }) => text)).toEqual(['later']);
    await context.stop();
  });

  it('answers with one id for each message, in the order in which they were given', async () => {
    let ids: string[] = [];
    const { world, context, told } = await telling(async (each) => {
      ids = await each.commands<CounterCommands>().sendAll([
        { name: 'Tell', payload: { text: 'a' } },
        { name: 'Tell', payload: { text: 'b' }, options: { immediately: true } },
        { name: 'Tell', payload: { text: 'c' } },
      ]);
    });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    const idOf = new Map(told.map(({ text, id }) => [text, id]));
    expect(ids).toEqual(['a', 'b', 'c'].map((text) => idOf.get(text)));
    await context.stop();
  });
});

describe('A delayed message', () => {
  it('comes not before its time, and soon after', async () => {
    const { world, context, told } = await telling(() => undefined);
    const commands = context.commands<CounterCommands>();
    await commands.send('Tell', { text: 'delay' }, { delayMs: 60_000 });
    await commands.send('Tell', { text: 'date' }, { deliverAt: new Date(world.clock.now() + 30_000) });
    await commands.send('Tell', { text: 'past' }, { deliverAt: new Date(0) });
    const seen: [number, string[]][] = [];
    for (const ms of [29_999, 1, 29_999, 1]) {
      await world.clock.advance(ms);
      seen.push([world.elapsed, told.map(({ text }) => text)]);
    }
    expect(seen).toEqual([
      [29_999, ['past']],
      [30_000, ['past', 'date']],
      [59_999, ['past', 'date']],
      [60_000, ['past', 'date', 'delay']],
    ]);
    await context.stop();
  });

  it('G2 that a handler sends is delayed from when it was sent', async () => {
    const { world, context, told } = await telling((each) =>
      each.commands<CounterCommands>().send('Tell', { text: 'later' }, { delayMs: 5_000 }),
    );
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(4_999);
    expect(told).toEqual([]);
    await world.clock.advance(1);
    expect(told).toHaveLength(1);
    await context.stop();
  });
});
