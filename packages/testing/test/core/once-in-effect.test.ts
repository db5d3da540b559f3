import type { DomainContext, DomainContextBuilder, Transport } from '@ndomain/core';
import { FaultPlan, FaultyEventStoreDb, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { Counter, type CounterCommands, type CounterEvents } from '../support/counter.ts';
import { byNumber } from '../support/by-number.ts';
import { World } from '../support/world.ts';

/** A process that adds what it is told to. */
function adding(
  builder: DomainContextBuilder,
  handle: (context: DomainContext, id: string, amount: number) => Promise<unknown>,
): Promise<DomainContext> {
  return builder
    .eventSourcing((c) => c.bind(Counter))
    .bus((c) =>
      c.withProcessor((p) =>
        p.endpoint('counters').registerHandler(CounterHandler, (context) => new CounterHandler(context, handle)),
      ),
    )
    .start();
}

class CounterHandler {
  readonly #context: DomainContext;
  readonly #handle: (context: DomainContext, id: string, amount: number) => Promise<unknown>;

  constructor(
    context: DomainContext,
    handle: (context: DomainContext, id: string, amount: number) => Promise<unknown>,
  ) {
    this.#context = context;
    this.#handle = handle;
  }

  async handleAdd({ id, amount }: CounterCommands['Add']): Promise<void> {
    await this.#handle(this.#context, id, amount);
  }
}

const addOnce = (context: DomainContext, id: string, amount: number): Promise<unknown> =>
  context.repository(Counter).createOrUpdate(id, (counter) => counter.add(amount));

describe('A command', () => {
  it('G3 that is sent twice with one id changes the aggregate once', async () => {
    const world = new World();
    const context = await adding(world.process(), addOnce);
    for (let i = 0; i < 3; i++) {
      await context.commands<CounterCommands>().send('Add', { id: 'a', amount: 5 }, { id: 'click-1' });
      await world.clock.settle();
    }
    await context.commands<CounterCommands>().send('Add', { id: 'a', amount: 5 }, { id: 'click-2' });
    await world.clock.settle();
    expect((await context.repository(Counter).find('a')).state.amounts).toEqual([5, 5]);
    await context.stop();
  });

  it('G3 that is sent twice at the same moment changes the aggregate once', async () => {
    const world = new World();
    const context = await adding(world.process(), addOnce);
    await Promise.all(
      Array.from({ length: 10 }, () =>
        context.commands<CounterCommands>().send('Add', { id: 'a', amount: 5 }, { id: 'click-1' }),
      ),
    );
    await world.clock.advance(60_000);
    expect((await context.repository(Counter).find('a')).state.amounts).toEqual([5]);
    expect(await context.figures('counters')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await context.stop();
  });

  it('G3 that updates one aggregate twice does both, once each, also when it is handled again', async () => {
    const world = new World();
    let failures = 3;
    const context = await adding(world.process(), async (each, id, amount) => {
      await addOnce(each, id, amount);
      if (failures-- > 0) throw new Error('between the two');
      await addOnce(each, id, amount + 1);
      await addOnce(each, 'other', amount + 2);
      if (failures-- > -3) throw new Error('after both');
    });
    await context.commands<CounterCommands>().send('Add', { id: 'a', amount: 5 });
    await world.clock.advance(60_000);
    expect((await context.repository(Counter).find('a')).state.amounts).toEqual([5, 6]);
    expect((await context.repository(Counter).find('other')).state.amounts).toEqual([7]);
    expect(await context.figures('counters')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await context.stop();
  });

  it.each(['append', 'commit', 'load'])(
    'G3 takes effect once when a %s fails before, after, or loses its answer',
    async (method) => {
      for (const fault of ['failBefore', 'failAfter', 'loseAnswer', 'duplicate'] as const) {
        for (const nth of [1, 2]) {
          const world = new World();
          const plan = new FaultPlan()[fault](method, nth);
          const events: number[] = [];
          const context = await adding(
            listening(world, events).eventSourcing((c) => c.store(new FaultyEventStoreDb(world.db, plan))),
            addOnce,
          );
          await context.commands<CounterCommands>().send('Add', { id: 'a', amount: 1 });
          await context.commands<CounterCommands>().send('Add', { id: 'a', amount: 2 });
          await world.clock.advance(120_000);
          expect((await context.repository(Counter).find('a')).state.amounts.toSorted(byNumber)).toEqual([1, 2]);
          expect([...new Set(events)].toSorted(byNumber)).toEqual([1, 2]);
          expect(await world.db.findUncommitted({ olderThan: Infinity, limit: 10 })).toEqual([]);
          await context.stop();
        }
      }
    },
  );

  it.each(['send', 'commit', 'receive'])(
    'G3 takes effect once when the transport’s %s fails before, after, or loses its answer',
    async (method) => {
      for (const fault of ['failBefore', 'failAfter', 'loseAnswer'] as const) {
        for (const nth of [1, 2, 3]) {
          const world = new World();
          const plan = new FaultPlan()[fault](method, nth);
          const events: number[] = [];
          const transport: Transport = new FaultyTransport(world.transport, plan);
          const context = await adding(
            listening(world, events).bus((c) => c.transport(transport)),
            addOnce,
          );
          for (const amount of [1, 2]) {
            const command = { id: 'a', amount };
            const send = (): Promise<string> =>
              context.commands<CounterCommands>().send('Add', command, { id: `m${amount}` });
            await send().catch(send);
          }
          await world.clock.advance(240_000);
          expect((await context.repository(Counter).find('a')).state.amounts.toSorted(byNumber)).toEqual([1, 2]);
          expect([...new Set(events)].toSorted(byNumber)).toEqual([1, 2]);
          await context.stop();
        }
      }
    },
  );
});

describe('An event', () => {
  it('G3 that two components handle, both changing one stream, has both effects, once each', async () => {
    const world = new World();
    let failures = 4;
    const react = (by: string) => async (event: CounterEvents['Added']) => {
      if (event.by !== '') return;
      await context.repository(Counter).createOrUpdate('sum', (counter) => counter.add(event.amount, by));
      if (failures-- > 0) throw new Error('after the change');
    };
    const context: DomainContext = await world
      .process()
      .eventSourcing((c) => c.bind(Counter))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('reactions')
            .events<CounterEvents>()
            .handle('Added', react('one'), { component: 'One' })
            .handle('Added', react('other'), { component: 'Other' }),
        ),
      )
      .start();
    await context.repository(Counter).createOrUpdate('a', (counter) => counter.add(5));
    await world.clock.advance(60_000);
    const { state } = await context.repository(Counter).find('sum');
    expect(state.byWhom).toEqual(
      new Map([
        ['one', 5],
        ['other', 5],
      ]),
    );
    await context.stop();
  });
});

function listening(world: World, events: number[]): DomainContextBuilder {
  return world.process().bus((c) =>
    c.withProcessor((p) =>
      p
        .endpoint('listeners')
        .events<CounterEvents>()
        .handle('Added', ({ amount }) => void events.push(amount), { component: 'Listener' }),
    ),
  );
}
