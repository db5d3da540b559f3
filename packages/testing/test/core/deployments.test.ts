import {
  Aggregate,
  eventHistory,
  Projection,
  State,
  type DomainContext,
  type Mutates,
  type ProcessorBuilder,
} from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import { World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Commands = { A: { n: number }; B: { n: number }; C: { n: number } };

/** A version of a program: one endpoint, and the commands that it handles, each in a component or all in one. */
function version(
  world: World,
  done: string[],
  names: readonly (keyof Commands)[],
  { component, ordered = false }: { readonly component?: string; readonly ordered?: boolean } = {},
): Promise<DomainContext> {
  return world.worker((p) => {
    p.endpoint('work').retireAfter(HOUR);
    if (ordered) p.ordered({ partitions: 4 });
    const commands = p.commands<Commands>();
    for (const name of names) {
      commands.handle(name, ({ n }) => void done.push(`${name}${n}`), component === undefined ? {} : { component });
    }
  });
}

const warnings = (world: World): string[] => [...world.logger.of('warn'), ...world.logger.of('error')];

describe.each([
  ['each command in a component of its own', {}],
  ['all commands in one component', { component: 'Works' }],
  ['on an ordered endpoint', { ordered: true }],
])('G14 two versions of a program share an endpoint, %s', (_, options) => {
  it('and all that is sent is handled: nothing is a dead letter, nothing is warned of', async () => {
    const world = new World();
    const done: string[] = [];
    const old = await version(world, done, ['A', 'B'], options);
    const renewed = await version(world, done, ['A', 'C'], options);
    const sender = await world.process().start();
    await world.clock.advance(MINUTE);
    const expected: string[] = [];
    for (let n = 1; n <= 20; n++) {
      for (const name of ['A', 'B', 'C'] as const) {
        await sender.commands<Commands>().send(name, { n }, { key: `${n}` });
        expected.push(`${name}${n}`);
      }
    }
    await world.clock.advance(MINUTE);
    // On an ordered endpoint a message waits for the process that has its partition to be one that has its handler.
    await old.stop();
    await world.clock.advance(5 * MINUTE);
    const handledOnceTheOldIsGone = done.filter((each) => !each.startsWith('B')).toSorted();
    expect(handledOnceTheOldIsGone).toEqual(expected.filter((each) => !each.startsWith('B')).toSorted());
    const again = await version(world, done, ['A', 'B'], options);
    await renewed.stop();
    await world.clock.advance(5 * MINUTE);
    expect(done.toSorted()).toEqual(expected.toSorted());
    expect((await world.transport.figures('work')).dead).toBe(0);
    expect(warnings(world)).toEqual([]);
    await Promise.all([again.stop(), sender.stop()]);
  });

  it('and a process of the old one that starts again takes no subscription of the new one away', async () => {
    const world = new World();
    const done: string[] = [];
    const renewed = await version(world, done, ['A', 'C'], options);
    await (await version(world, done, ['A', 'B'], options)).stop();
    const sender = await world.process().start();
    for (let n = 1; n <= 50; n++) await sender.commands<Commands>().send('C', { n }, { key: `${n}` });
    await world.clock.advance(MINUTE);
    expect(done).toHaveLength(50);
    await Promise.all([renewed.stop(), sender.stop()]);
  });
});

describe('G14 a handler that no living process has', () => {
  it('keeps its subscription for a while: what is sent waits for it', async () => {
    const world = new World();
    const done: string[] = [];
    await (await version(world, done, ['A', 'B'])).stop();
    const renewed = await version(world, done, ['A', 'C']);
    await renewed.commands<Commands>().send('B', { n: 1 });
    await world.clock.advance(HOUR - MINUTE);
    const back = await version(world, done, ['A', 'B']);
    await world.clock.advance(MINUTE);
    expect(done).toEqual(['B1']);
    await world.clock.advance(3 * HOUR);
    await back.commands<Commands>().send('B', { n: 2 });
    await world.clock.advance(MINUTE);
    expect(done).toEqual(['B1', 'B2']);
    expect(warnings(world)).toEqual([]);
    await Promise.all([renewed.stop(), back.stop()]);
  });

  it('is retired after that, visibly: what waited is a dead letter, and what is sent then goes nowhere', async () => {
    const world = new World();
    const done: string[] = [];
    await (await version(world, done, ['A', 'B'])).stop();
    const renewed = await version(world, done, ['A', 'C']);
    const strict = await world
      .process()
      .bus((c) => c.onUnrouted('error'))
      .start();
    await strict.commands<Commands>().send('B', { n: 1 });
    await world.clock.advance(HOUR + 5 * MINUTE);
    expect(world.logger.of('warn')).toEqual([
      expect.stringContaining('retired the subscription of B on "work" to "B"'),
    ]);
    expect(await renewed.deadLetters('work').list()).toMatchObject([{ reason: { code: 'ND_UNKNOWN_COMPONENT' } }]);
    await expect(strict.commands<Commands>().send('B', { n: 2 })).rejects.toMatchObject({
      code: 'ND_UNROUTED_MESSAGE',
    });
    await Promise.all([renewed.stop(), strict.stop()]);
  });

  it('is not retired while a process claims it that died without a word, and is when its claim is over', async () => {
    const world = new World();
    const done: string[] = [];
    const old = await version(world, done, ['B']);
    const renewed = await version(world, done, ['A']);
    expect((await renewed.processors[0]?.claims())?.map(({ components }) => components)).toEqual(
      expect.arrayContaining([{ A: ['A'] }, { B: ['B'] }]),
    );
    await world.clock.advance(2 * HOUR);
    expect(warnings(world)).toEqual([]);
    await old.stop();
    expect(await renewed.processors[0]?.claims()).toHaveLength(1);
    await world.clock.advance(HOUR + 5 * MINUTE);
    expect(warnings(world)).toHaveLength(1);
    await renewed.stop();
  });
});

describe('G14 an event that was renamed', () => {
  type Old = { SaleOpened: { units: number } };
  type New = { SaleCreated: { stock: number } };

  class OldState extends State implements Mutates<Old> {
    onSaleOpened(): void {
      // Nothing is decided by it.
    }
  }
  class OldSale extends Aggregate<OldState, Old> {
    static readonly aggregateName = 'Sale';
    static readonly State = OldState;
    open(): void {
      this.on('SaleOpened', { units: 7 });
    }
  }
  class NewState extends State implements Mutates<New> {
    onSaleCreated(): void {
      // Nothing is decided by it.
    }
  }
  class NewSale extends Aggregate<NewState, New> {
    static readonly aggregateName = 'Sale';
    static readonly State = NewState;
    static readonly history = eventHistory<New>()
      .renamed('SaleOpened', 'SaleCreated')
      .revised('SaleCreated', (old: { units: number }) => ({ stock: old.units }));
  }
  class Stock extends Projection<{ stock: number }> {
    static readonly source = NewSale;
    initial(): { stock: number } {
      return { stock: 0 };
    }
    onSaleCreated(view: { stock: number }, event: New['SaleCreated']): void {
      view.stock += event.stock;
    }
  }

  const started = (
    world: World,
    aggregate: typeof OldSale | typeof NewSale,
    configure?: (p: ProcessorBuilder) => unknown,
  ) =>
    world
      .process()
      .eventSourcing((c) => c.bind(aggregate))
      .bus((c) => (configure === undefined ? c : c.withProcessor(configure)))
      .start();

  it('arrives in today’s form, when it waited in a queue during the deployment', async () => {
    const world = new World();
    const before = await started(world, OldSale, (p) =>
      p
        .endpoint('sales')
        .events<Old>()
        .handle('SaleOpened', () => undefined, { component: 'Listener' }),
    );
    await before.processors[0]?.stop();
    await before.repository(OldSale).createOrUpdate('s', (sale) => sale.open());
    await before.stop();
    const heard: unknown[] = [];
    const after = await started(world, NewSale, (p) =>
      p
        .endpoint('sales')
        .events<New>()
        .handle('SaleCreated', (event) => void heard.push(event), { component: 'Listener' }),
    );
    await world.clock.advance(MINUTE);
    expect(heard).toEqual([{ stock: 7 }]);
    expect((await world.transport.figures('sales')).dead).toBe(0);
    await after.stop();
  });

  it('reaches the new version’s handlers and projections while an old process still stores it under its old name', async () => {
    const world = new World();
    const heard: unknown[] = [];
    const after = await started(world, NewSale, (p) => {
      p.endpoint('sales').registerProjection(Stock);
      p.events<New>().handle('SaleCreated', (event) => void heard.push(event), { component: 'Listener' });
    });
    const before = await started(world, OldSale);
    for (let i = 0; i < 6; i++) await before.repository(OldSale).createOrUpdate(`${i}`, (sale) => sale.open());
    await world.clock.advance(MINUTE);
    expect(heard).toEqual(Array.from({ length: 6 }, () => ({ stock: 7 })));
    for (let i = 0; i < 6; i++) expect((await after.views(Stock).get(`${i}`)).data).toEqual({ stock: 7 });
    await Promise.all([before.stop(), after.stop()]);
  });
});
