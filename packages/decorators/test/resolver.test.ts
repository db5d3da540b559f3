/* oxlint-disable typescript/consistent-type-imports -- types of decorated parameters are values: they end up in the metadata */
import { CommandBus, DomainContext, EventBus, EventStore } from '@ndomain/core';
import { handles, inject, resolver, type Provision } from '@ndomain/decorators';
import { describe, expect, it } from 'vitest';
import { Sale } from './support/shop.ts';

class Prices {
  readonly currency = 'GBP';
}

class Discounts {
  readonly prices: Prices;
  constructor(@inject() prices: Prices) {
    this.prices = prices;
  }
}

class Everything {
  readonly given: readonly unknown[];

  constructor(
    commandBus: CommandBus,
    eventBus: EventBus,
    eventStore: EventStore,
    @inject(DomainContext) context: DomainContext,
    @inject(Sale) sales: unknown,
    discounts: Discounts,
    prices: Prices,
    @inject('currency') currency: string,
  ) {
    this.given = [commandBus, eventBus, eventStore, context, sales, discounts, prices, currency];
  }

  @handles('A') a(): void {}
}

class Derived extends Everything {}

async function make<Instance extends object>(
  // oxlint-disable-next-line typescript/no-explicit-any -- any class
  handlerClass: new (...parameters: any[]) => Instance,
  ...provided: Provision[]
): Promise<{ made: Instance; context: DomainContext }> {
  let made: Instance | undefined;
  const resolve = resolver(() => provided);
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) =>
      c.withProcessor((p) =>
        p.endpoint('e').registerHandler(handlerClass, (context) => (made = resolve(handlerClass, context))),
      ),
    )
    .start();
  await context.stop();
  if (made === undefined) throw new Error('nothing was made');
  return { made, context };
}

describe('resolver', () => {
  it('fills constructors by type and by token, from the context, from what is provided, and by making classes once', async () => {
    const { made, context } = await make(Everything, ['currency', 'EUR']);
    const [commandBus, eventBus, eventStore, itself, sales, discounts, prices, currency] = made.given;

    expect([commandBus, eventBus, eventStore]).toEqual([context.commandBus, context.eventBus, context.eventStore]);
    expect(itself).toBe(context);
    expect(sales).toBe(context.repository(Sale));
    expect(discounts).toBeInstanceOf(Discounts);
    expect((discounts as Discounts).prices).toBe(prices);
    expect(currency).toBe('EUR');
  });

  it('gives a subclass without a constructor what its parent takes', async () => {
    const { made } = await make(Derived, ['currency', 'EUR']);

    expect(made.given).toHaveLength(8);
  });

  it('prefers what is provided to making a class', async () => {
    const prices = new Prices();
    const { made } = await make(Everything, ['currency', 'EUR'], [Prices, prices]);

    expect(made.given[6]).toBe(prices);
  });

  it('names class, place and fix where nothing is known', async () => {
    await expect(make(Everything)).rejects.toMatchObject({
      code: 'ND_CONFIGURATION',
      message:
        "Everything, parameter 8 of the constructor: nobody provides 'currency'. Add it: resolver(() => [['currency', …]])",
    });
    class Untyped {
      constructor(readonly: string) {
        expect(readonly).toBeDefined();
      }
      @handles('A') a(): void {}
    }
    await expect(make(Untyped)).rejects.toThrow(/^Untyped, parameter 1 of the constructor: nothing says what it is/);
  });

  it('refuses a circle', async () => {
    class Egg {
      constructor(@inject('hen') readonly: object) {
        expect(readonly).toBeDefined();
      }
    }
    class Hen {
      constructor(@inject(Egg) egg: Egg) {
        expect(egg).toBeDefined();
      }
    }
    inject(Hen)(Egg, undefined, 0);

    await expect(make(Hen)).rejects.toThrow('Hen: needs itself: Hen → Egg → Hen. Break the circle.');
  });

  it('refuses @inject on a method', () => {
    expect(() => {
      class Handler {
        place(@inject('x') _x: string): void {}
      }
      return Handler;
    }).toThrow('Handler.place: @inject is not in a constructor. Move it to a parameter of the constructor.');
  });
});
