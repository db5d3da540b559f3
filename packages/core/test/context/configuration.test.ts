import { Aggregate, DomainContext, Projection, State, silentLogger } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import { Sale, SaleState } from '../support/shop.ts';

const configure = () => DomainContext.configure().logging((c) => c.logger(silentLogger));

class Handler {
  handlePlaceOrder(): void {}
}

describe('a mistake in the configuration is an error that shows the line to write', () => {
  it.each<[string, () => Promise<unknown>, string | RegExp]>([
    [
      'an endpoint without a name',
      async () => configure().bus((c) => c.withProcessor((p) => p.registerHandler(new Handler()))),
      ".withProcessor(p => p.endpoint('sales') …)",
    ],
    [
      'an endpoint without handlers',
      async () => configure().bus((c) => c.withProcessor((p) => p.endpoint('a'))),
      'p.registerHandler(new SaleCommandHandler(…))',
    ],
    [
      'an endpoint twice',
      () =>
        configure()
          .bus((c) =>
            c
              .withProcessor((p) => p.endpoint('a').registerHandler(new Handler()))
              .withProcessor((p) => p.endpoint('a').registerHandler(new Handler())),
          )
          .start(),
      'in one .withProcessor(…)',
    ],
    [
      'two handlers of one message in one component',
      () =>
        configure()
          .bus((c) =>
            c.withProcessor((p) => p.endpoint('a').registerHandler(new Handler()).registerHandler(new Handler())),
          )
          .start(),
      "registerHandler(…, { component: 'another' })",
    ],
    [
      'two methods for one message',
      () => {
        class Twice {
          handlePing(): void {}
          onPing(): void {}
        }
        return configure()
          .bus((c) => c.withProcessor((p) => p.endpoint('a').registerHandler(new Twice())))
          .start();
      },
      'Keep one of handlePing and onPing',
    ],
    [
      'a handler that handles nothing',
      () =>
        configure()
          .bus((c) => c.withProcessor((p) => p.endpoint('a').registerHandler(new Map())))
          .start(),
      'async handlePlaceOrder(command, context) { … }',
    ],
    [
      'an aggregate bound twice',
      () =>
        configure()
          .eventSourcing((c) => c.bind(Sale, Sale))
          .start(),
      "static readonly aggregateName = 'AnotherSale'",
    ],
    [
      'a class that nobody can make',
      () =>
        configure()
          .bus((c) => c.withProcessor((p) => p.endpoint('a').registerHandler(Handler)))
          .start(),
      'registerHandler(Handler, (c) => new Handler(…))',
    ],
    [
      'an aggregate whose name cannot begin a stream id',
      () => {
        class Bad extends Aggregate<SaleState> {
          static readonly aggregateName = 'a/b';
          static readonly State = SaleState;
        }
        return configure()
          .eventSourcing((c) => c.bind(Bad))
          .start();
      },
      "static readonly aggregateName = 'Sale'",
    ],
    [
      'a State without methods',
      () => {
        class EmptyState extends State {}
        class Empty extends Aggregate {
          static readonly State = EmptyState;
        }
        return configure()
          .eventSourcing((c) => c.bind(Empty))
          .start();
      },
      'onSaleCreated(event) { … }',
    ],
    [
      'a projection with a method that no event belongs to',
      () => {
        class Bad extends Projection<object> {
          static readonly source = Sale;
          initial(): object {
            return {};
          }
          onSaleCraeted(): void {}
        }
        return configure()
          .eventSourcing((c) => c.bind(Sale))
          .bus((c) => c.withProcessor((p) => p.endpoint('a').registerProjection(Bad)))
          .start();
      },
      /onSaleCraeted.*SaleCreated, OrderPlaced, OrderCancelled/,
    ],
  ])('%s', async (_, attempt, fix) => {
    await expect(attempt()).rejects.toMatchObject({
      code: 'ND_CONFIGURATION',
      message: (typeof fix === 'string' ? expect.stringContaining(fix) : expect.stringMatching(fix)) as string,
    });
  });

  it('an aggregate that is not bound', async () => {
    await using context = await configure().start();
    expect(() => context.repository(Sale)).toThrow(
      expect.objectContaining({
        code: 'ND_AGGREGATE_NOT_BOUND',
        message: expect.stringContaining('.eventSourcing(c => c.bind(Sale))') as string,
      }),
    );
  });

  it.each<[string, (p: { concurrency(n: number): unknown; lease(n: number): unknown }) => unknown]>([
    ['concurrency', (p) => p.concurrency(0)],
    ['leaseMs', (p) => p.lease(Number.NaN)],
  ])('an option outside its range: %s', (option, set) => {
    expect(() =>
      configure().bus((c) =>
        c.withProcessor((p) => {
          p.endpoint('a').registerHandler(new Handler());
          set(p);
        }),
      ),
    ).toThrow(expect.objectContaining({ code: 'ND_INVALID_OPTION', option }));
  });
});

describe('a context', () => {
  it('closes what it had opened when it cannot start', async () => {
    const seen: string[] = [];
    const backend = (name: string, fails = false) => ({
      name,
      open: async () => {
        if (fails) throw new Error('unreachable');
        seen.push(`open ${name}`);
      },
      close: async () => {
        seen.push(`close ${name}`);
      },
    });
    const start = configure().with(backend('a')).with(backend('b')).with(backend('c', true)).start();
    await expect(start).rejects.toThrow('unreachable');
    expect(seen).toEqual(['open a', 'open b', 'close b', 'close a']);
  });

  it('makes handlers with a resolver, once', async () => {
    let made = 0;
    const handled = Promise.withResolvers<void>();
    class Resolved {
      handlePing(): void {
        handled.resolve();
      }
    }
    await using context = await configure()
      .ioc((c) =>
        c.resolver(<Instance extends object>(type: new (...parameters: never) => Instance) => {
          made++;
          return Reflect.construct(type, []) as Instance;
        }),
      )
      .bus((c) => c.withProcessor((p) => p.endpoint('a').registerHandler(Resolved)))
      .start();
    await context.commandBus.send('Ping', {});
    await handled.promise;
    expect(made).toBe(1);
  });

  it('G9: can be stopped twice, and takes nothing more', async () => {
    const context = await configure()
      .bus((c) => c.withProcessor((p) => p.endpoint('a').registerHandler(new Handler())))
      .start();
    await Promise.all([context.stop(), context.stop()]);
    await expect(context.commandBus.send('PlaceOrder', {})).rejects.toMatchObject({ code: 'ND_STOPPED' });
    expect(await context.figures('a')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  });
});
