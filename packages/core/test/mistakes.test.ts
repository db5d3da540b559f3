import { describe, expect, it } from 'vitest';
import {
  Aggregate,
  DomainContext,
  eventHistory,
  LocalEventStoreDb,
  Projection,
  silentLogger,
  State,
  type AggregateClass,
  type Handles,
  type Logger,
  type Mutates,
  type ProjectionClass,
  type Projects,
} from '@ndomain/core';

type StockEvents = { Taken: { quantity: number } };

class StockState extends State implements Mutates<StockEvents> {
  left = 10;
  onTaken({ quantity }: StockEvents['Taken']): void {
    this.left -= quantity;
  }
}

class Stock extends Aggregate<StockState, StockEvents> {
  static readonly State = StockState;
  take(quantity: number): void {
    if (this.state.left >= quantity) this.on('Taken', { quantity });
  }
}

type StockCommands = { Place: { id: string; quantity: number }; Cancel: { id: string; quantity: number } };

const start = (...aggregates: AggregateClass[]) =>
  DomainContext.configure()
    .eventSourcing((c) => c.bind(...aggregates))
    .logging((c) => c.logger(silentLogger))
    .start();

const startWith = (projection: ProjectionClass) =>
  DomainContext.configure()
    .eventSourcing((c) => c.bind(Stock))
    .bus((c) => c.withProcessor((p) => p.endpoint('views').registerProjection(projection)))
    .logging((c) => c.logger(silentLogger))
    .start();

const refused = (text: string | RegExp) => ({
  code: 'ND_CONFIGURATION',
  message: (typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)) as string,
});

describe('A State is refused at start', () => {
  it('when a method for an event is a field', async () => {
    class FieldState extends State implements Mutates<StockEvents> {
      left = 10;
      onTaken = ({ quantity }: StockEvents['Taken']): void => {
        this.left -= quantity;
      };
    }
    class Fields extends Aggregate<FieldState, StockEvents> {
      static readonly State = FieldState;
    }
    await expect(start(Fields)).rejects.toMatchObject(refused('FieldState.onTaken is a field. Write it as a method'));
  });

  it('when a method for an event is asynchronous', async () => {
    class SlowState extends State implements Mutates<StockEvents> {
      left = 10;
      // oxlint-disable-next-line typescript/no-misused-promises -- it is what is refused
      async onTaken({ quantity }: StockEvents['Taken']): Promise<void> {
        await Promise.resolve();
        this.left -= quantity;
      }
    }
    class Slow extends Aggregate<SlowState, StockEvents> {
      static readonly State = SlowState;
    }
    await expect(start(Slow)).rejects.toMatchObject(refused('SlowState.onTaken is asynchronous'));
  });

  it('when the history of its events speaks of an event that there is not', async () => {
    const history = eventHistory<Record<string, unknown>>().revised('Takn', (old) => old);
    class Misspelt extends Stock {
      static readonly aggregateName = 'Misspelt';
      static readonly history = history;
    }
    await expect(start(Misspelt)).rejects.toMatchObject(
      refused('speaks of "Takn", which is no event of it (it has Taken)'),
    );
  });
});

describe('A helper method that begins like one for a message', () => {
  it('is none where message names are known, and none begins with a small letter', async () => {
    class Helped extends Projection<{ n: number }> {
      static readonly source = Stock;
      initial(): { n: number } {
        return { n: 0 };
      }
      onlyOpen(): boolean {
        return true;
      }
      onTaken(view: { n: number }): void {
        view.n += this.onlyOpen() ? 1 : 0;
      }
    }
    class Handler {
      static readonly component = 'handler';
      handler(): void {
        // Called by nobody.
      }
      handlePlace(): void {
        this.handler();
      }
    }
    await using context = await DomainContext.configure()
      .messages(['Place'])
      .eventSourcing((c) => c.bind(Stock))
      .bus((c) => c.withProcessor((p) => p.endpoint('views').registerProjection(Helped).registerHandler(new Handler())))
      .logging((c) => c.logger(silentLogger))
      .start();
    const { version } = await context.repository(Stock).createOrUpdate('a', (stock) => stock.take(1));
    expect((await context.views(Helped).getOrWaitUntil('a', version)).data).toEqual({ n: 1 });
  });
});

describe('A promise that comes back from a method for an event', () => {
  class LateState extends State implements Mutates<StockEvents> {
    left = 10;
    // oxlint-disable-next-line typescript/no-misused-promises -- it is what is refused
    onTaken({ quantity }: StockEvents['Taken']): Promise<void> {
      return Promise.resolve().then(() => void (this.left -= quantity));
    }
  }
  class Late extends Aggregate<LateState, StockEvents> {
    static readonly State = LateState;
    take(quantity: number): void {
      if (this.state.left >= quantity) this.on('Taken', { quantity });
    }
  }

  it('is an error when the event happens, so that no decision is made on it', async () => {
    await using context = await start(Late);
    const taking = context.repository(Late).createOrUpdate('a', (stock) => stock.take(6));
    await expect(taking).rejects.toMatchObject({ code: 'ND_ASYNC_METHOD' });
    await expect(context.repository(Late).find('a')).rejects.toMatchObject({ code: 'ND_AGGREGATE_NOT_FOUND' });
  });

  it('is an error when the event is read', async () => {
    const db = new LocalEventStoreDb();
    const configure = (aggregate: AggregateClass) =>
      DomainContext.configure()
        .eventSourcing((c) => c.store(db).bind(aggregate))
        .logging((c) => c.logger(silentLogger))
        .start();
    class Named extends Stock {
      static readonly aggregateName = 'Late';
    }
    await using writer = await configure(Named);
    await writer.repository(Named).createOrUpdate('a', (stock) => stock.take(6));
    await using reader = await configure(Late);
    await expect(reader.repository(Late).find('a')).rejects.toMatchObject({ code: 'ND_ASYNC_METHOD' });
  });

  it('is an error in a projection, declared so or not', async () => {
    class Declared extends Projection<{ n: number }> {
      static readonly source = Stock;
      initial(): { n: number } {
        return { n: 0 };
      }
      async onTaken(view: { n: number }): Promise<void> {
        await Promise.resolve();
        view.n++;
      }
    }
    await expect(startWith(Declared)).rejects.toMatchObject(refused('Declared.onTaken is asynchronous'));

    class Hidden extends Projection<{ n: number }> {
      static readonly source = Stock;
      initial(): { n: number } {
        return { n: 0 };
      }
      onTaken(view: { n: number }): unknown {
        return Promise.resolve().then(() => view.n++);
      }
    }
    await using context = await startWith(Hidden);
    await context.repository(Stock).createOrUpdate('a', (stock) => stock.take(1));
    await expect(context.catchUp(Hidden)).rejects.toMatchObject({ code: 'ND_ASYNC_METHOD' });
    expect((await context.views(Hidden).get('a')).version).toBe(0);
  });

  it('is an error in viewsOf', async () => {
    class Waiting extends Projection<{ n: number }> {
      static readonly source = Stock;
      initial(): { n: number } {
        return { n: 0 };
      }
      override viewsOf(): readonly string[] {
        return Promise.resolve(['a']) as unknown as readonly string[];
      }
    }
    await using context = await startWith(Waiting);
    await context.repository(Stock).createOrUpdate('a', (stock) => stock.take(1));
    await expect(context.catchUp(Waiting)).rejects.toMatchObject(refused('Waiting.viewsOf must return the ids'));
  });

  it.each([
    ['nothing', () => undefined, 'it returned nothing'],
    ['a promise', () => Promise.resolve({}), 'it returned a promise'],
  ])('is an error in an upcast, as is %s', async (_, upcast, text) => {
    const db = new LocalEventStoreDb();
    class Revised extends Stock {
      static readonly aggregateName = 'Stock';
      static readonly history = eventHistory<Record<string, unknown>>().revised('Taken', upcast);
    }
    const configure = (aggregate: AggregateClass) =>
      DomainContext.configure()
        .eventSourcing((c) => c.store(db).bind(aggregate))
        .logging((c) => c.logger(silentLogger))
        .start();
    await using before = await configure(Stock);
    await before.repository(Stock).createOrUpdate('a', (stock) => stock.take(1));
    await using after = await configure(Revised);
    await expect(after.repository(Revised).find('a')).rejects.toMatchObject({
      code: 'ND_UPCAST_FAILED',
      message: expect.stringContaining(text) as string,
    });
  });
});

describe.each(['itemAdded', '2FAEnabled', '注文受付', 'order.placed', 'ItemAdded'])('A message called %s', (name) => {
  it('has the methods that its types ask for, on States, projections and handlers', async () => {
    type Named = Record<string, { n: number }>;
    // The classes of a program are written for names that it knows; here they are made for one.
    class NamedState extends State {
      n = 0;
    }
    Object.defineProperty(NamedState.prototype, `on${name}`, {
      value(this: NamedState, event: { n: number }): void {
        this.n += event.n;
      },
    });
    class Thing extends Aggregate<NamedState, Named> {
      static readonly State = NamedState;
      happen(): void {
        this.on(name, { n: 2 });
      }
    }
    class Seen extends Projection<{ n: number }> {
      static readonly source = Thing;
      initial(): { n: number } {
        return { n: 0 };
      }
    }
    Object.defineProperty(Seen.prototype, `on${name}`, {
      value(view: { n: number }, event: { n: number }): void {
        view.n += event.n;
      },
    });
    const handled: unknown[] = [];
    class Handler {
      static readonly component = 'handler';
    }
    Object.defineProperty(Handler.prototype, `handle${name}`, { value: (command: unknown) => handled.push(command) });

    await using context = await DomainContext.configure()
      .eventSourcing((c) => c.bind(Thing))
      .bus((c) =>
        c
          .withProcessor((p) => p.endpoint('commands').registerHandler(new Handler()))
          .withProcessor((p) => p.endpoint('views').registerProjection(Seen)),
      )
      .logging((c) => c.logger(silentLogger))
      .start();
    const { version } = await context.repository(Thing).createOrUpdate('a', (thing) => thing.happen());
    expect((await context.repository(Thing).find('a')).state.n).toBe(2);
    expect((await context.views(Seen).getOrWaitUntil('a', version)).data).toEqual({ n: 2 });
    await context.commandBus.send(name, { n: 3 });
    // The event as well as the command: both have this name.
    await expect.poll(() => handled).toEqual([{ n: 2 }, { n: 3 }]);
  });
});

describe('Two messages with one id', () => {
  class StockHandler implements Handles<StockCommands> {
    readonly #take: (id: string, quantity: number) => Promise<unknown>;
    constructor(take: (id: string, quantity: number) => Promise<unknown>) {
      this.#take = take;
    }
    async handlePlace({ id, quantity }: StockCommands['Place']): Promise<void> {
      await this.#take(id, quantity);
    }
    async handleCancel({ id, quantity }: StockCommands['Cancel']): Promise<void> {
      await this.#take(id, -quantity);
    }
  }

  async function started(told: string[] = [], options: { readonly inbox?: boolean } = {}) {
    const logger: Logger = { ...silentLogger, warn: (_, text) => told.push(text) };
    const context = await DomainContext.configure()
      .eventSourcing((c) => c.bind(Stock))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('stock')
            .registerHandler(
              StockHandler,
              (all) => new StockHandler((id, n) => all.repository(Stock).createOrUpdate(id, (stock) => stock.take(n))),
              options,
            ),
        ),
      )
      .logging((c) => c.logger(logger))
      .start();
    const idle = () => expect.poll(() => context.figures('stock')).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
    return { context, idle };
  }

  it.each([{}, { inbox: true }])('G3 of two names both take effect (%o)', async (options) => {
    const { context, idle } = await started([], options);
    await using _ = context;
    await context.commands<StockCommands>().send('Place', { id: 'a', quantity: 3 }, { id: '42' });
    await idle();
    await context.commands<StockCommands>().send('Cancel', { id: 'a', quantity: 3 }, { id: '42' });
    await idle();
    expect(await context.repository(Stock).find('a')).toMatchObject({ version: 2, state: { left: 10 } });
  });

  it('G3 of one name take effect once, and it is said when their payloads differ', async () => {
    const told: string[] = [];
    const { context, idle } = await started(told);
    await using _ = context;
    const place = async (quantity: number): Promise<void> => {
      await context.commands<StockCommands>().send('Place', { id: 'a', quantity }, { id: '42' });
      await idle();
    };
    await place(3);
    await place(3);
    const about = () => told.filter((text) => text.includes('"42"'));
    expect(about()).toEqual([]);
    await place(4);
    expect(about()).toEqual([expect.stringContaining('"Place" with the id "42" had no effect') as string]);
    expect((await context.repository(Stock).find('a')).state.left).toBe(7);
  });
});

describe('After stop()', () => {
  it('G9 whatever sends or stores is refused', async () => {
    const context = await start(Stock);
    const stocks = context.repository(Stock);
    const stock = await stocks.createOrUpdate('a', (each) => each.take(1));
    stock.take(1);
    await context.stop();
    const calls: (() => unknown)[] = [
      () => context.commandBus.send('Place', {}),
      () => context.commandBus.sendAll([{ name: 'Place', payload: {} }]),
      () => context.eventBus.publish('Placed', {}),
      () => context.commands<StockCommands>().send('Place', { id: 'a', quantity: 1 }),
      () => stocks.update('a', (each) => each.take(1)),
      () => stocks.createOrUpdate('b', (each) => each.take(1)),
      () => stocks.save(stock),
      () => context.eventStore.append('Stock/a', 't', 1, []),
      () => context.deadLetters('stock').retry('all'),
      () => context.deadLetters('stock').purge('all'),
    ];
    for (const call of calls) await expect(async () => call()).rejects.toMatchObject({ code: 'ND_STOPPED' });
  });

  it('G9 a handler that is still finishing sends and stores', async () => {
    const { promise: going, resolve: go } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const db = new LocalEventStoreDb();
    const context = await DomainContext.configure()
      .eventSourcing((c) => c.store(db).bind(Stock))
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('stock')
            .commands<StockCommands>()
            .handle('Place', async ({ id, quantity }) => {
              begin();
              await going;
              await context.repository(Stock).createOrUpdate(id, (stock) => stock.take(quantity));
            }),
        ),
      )
      .logging((c) => c.logger(silentLogger))
      .start();
    await context.commands<StockCommands>().send('Place', { id: 'a', quantity: 1 });
    await begun;
    const stopping = context.stop();
    go();
    await stopping;
    expect(await db.load('Stock/a', { from: 1, to: 9, limit: 9 })).toMatchObject({ version: 1 });
  });
});

describe('Within the callback of an update', () => {
  const effects: [string, (context: Awaited<ReturnType<typeof start>>) => unknown][] = [
    ['a send', (context) => context.commandBus.send('Place', {})],
    ['a send at once', (context) => context.commandBus.send('Place', {}, { immediately: true })],
    ['a publication', (context) => context.eventBus.publish('Placed', {})],
    ['another update', (context) => context.repository(Stock).createOrUpdate('b', (stock) => stock.take(1))],
  ];

  it.each(effects)('G3 %s is refused, and nothing is stored', async (_, effect) => {
    await using context = await start(Stock);
    const stocks = context.repository(Stock);
    const updating = stocks.createOrUpdate('a', async (stock) => {
      stock.take(1);
      await effect(context);
    });
    await expect(updating).rejects.toMatchObject({ code: 'ND_EFFECT_WITHIN_UPDATE', streamId: 'Stock/a' });
    const late = stocks.createOrUpdate('a', async () => {
      await Promise.resolve();
      await effect(context);
    });
    await expect(late).rejects.toMatchObject({ code: 'ND_EFFECT_WITHIN_UPDATE' });
    const handedOn = stocks.createOrUpdate('a', (stock) => {
      stock.take(1);
      return effect(context) as Promise<void>;
    });
    await expect(handedOn).rejects.toMatchObject({ code: 'ND_EFFECT_WITHIN_UPDATE' });
    await expect(stocks.find('a')).rejects.toMatchObject({ code: 'ND_AGGREGATE_NOT_FOUND' });
    await effect(context);
  });

  it('what happens beside it is not meant', async () => {
    await using context = await start(Stock);
    const { promise: going, resolve: go } = Promise.withResolvers<void>();
    const updating = context.repository(Stock).createOrUpdate('a', async (stock) => {
      stock.take(1);
      await going;
    });
    await context.commandBus.send('Place', {});
    await context.repository(Stock).createOrUpdate('b', (stock) => stock.take(1));
    go();
    expect((await updating).version).toBe(1);
  });

  it('what happens while it is saved stays to be saved', async () => {
    await using context = await start(Stock);
    const stock = await context.repository(Stock).findOrDefault('a');
    stock.take(1);
    const saving = context.repository(Stock).save(stock);
    stock.take(2);
    await saving;
    expect([stock.originalVersion, stock.version]).toEqual([1, 2]);
    await context.repository(Stock).save(stock);
    expect((await context.repository(Stock).find('a')).state.left).toBe(7);
  });
});

describe('G11 input that holds __proto__', () => {
  it('replaces no prototype of an instance, on any path', async () => {
    class Register {
      readonly name: string;
      constructor(name: string) {
        this.name = name;
      }
      greet(): string {
        return `hello ${this.name}`;
      }
    }
    const handled: Register[] = [];
    await using context = await DomainContext.configure()
      .messages({ Register })
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('users')
            .commands<{ Register: typeof Register }>()
            .handle('Register', (command) => {
              handled.push(command);
            }),
        ),
      )
      .logging((c) => c.logger(silentLogger))
      .start();
    const input = JSON.parse('{"name":"eve","__proto__":{"isAdmin":true}}') as Register;
    await context.commandBus.send('Register', input);
    await expect.poll(() => handled.length).toBe(1);
    const [command] = handled;
    expect(command).toBeInstanceOf(Register);
    expect(Object.getPrototypeOf(command)).toBe(Register.prototype);
    expect([command?.greet(), (command as unknown as { isAdmin?: boolean }).isAdmin]).toEqual(['hello eve', undefined]);
  });
});

describe('What does not compile', () => {
  type SaleEvents = { SaleCreated: { stock: number; currency: string }; SaleClosed: { at: Date } };

  it('is a history that leads to another payload than today’s, or to none', () => {
    const history = eventHistory<SaleEvents>();
    // @ts-expect-error -- the payload has no member "stok"
    history.revised('SaleCreated', () => ({ stok: 1 }));
    // @ts-expect-error -- nothing is returned
    history.revised('SaleCreated', () => {
      // Forgotten.
    });
    // @ts-expect-error -- a promise is no payload
    history.revised('SaleCreated', () => Promise.resolve({ stock: 1, currency: 'GBP' }));
    // @ts-expect-error -- there is no such event
    history.revised('SaleCreatd', () => ({ stock: 1, currency: 'GBP' }));

    // What does:
    history.revised('SaleCreated', (old) => ({ ...old, currency: 'GBP' }));
    history.revised('SaleCreated', (old: { units: number }) => ({ stock: old.units, currency: 'GBP' }));
    history.renamed('SaleOpened', 'SaleCreated').revised('SaleOpened', (old) => ({ stock: 1, ...old }));
    history
      .renamed('SaleBegun', 'SaleOpened')
      .renamed('SaleOpened', 'SaleCreated')
      .revised('SaleBegun', (old) => old);
    const kinds = eventHistory<{ Kind: { kind: 'a'; a: number } | { kind: 'b'; b: string } }>();
    kinds.revised('Kind', (old) => (old.kind === 'a' ? old : { kind: 'b', b: 'x' }));
  });

  it('is a method that is missing or misnamed for an event, whatever its first letter', () => {
    type Odd = { itemAdded: { n: number }; '2FAEnabled': object };
    // @ts-expect-error -- onItemAdded is no method for itemAdded
    class WrongState extends State implements Mutates<Odd> {
      onItemAdded(): void {
        // Of another name.
      }
      on2FAEnabled(): void {
        // As the types ask for.
      }
    }
    class RightState extends State implements Mutates<Odd>, Projects<{ n: number }, Odd> {
      onitemAdded(): void {
        // As the types ask for.
      }
      on2FAEnabled(): void {
        // As the types ask for.
      }
    }
    expect([WrongState.name, RightState.name]).toEqual(['WrongState', 'RightState']);
  });
});
