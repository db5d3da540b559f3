/* oxlint-disable typescript/consistent-type-imports -- types of decorated parameters are values: they end up in the metadata */
import { DomainContext } from '@ndomain/core';
import { handles, on } from '@ndomain/decorators';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, it } from 'vitest';
import { OrderWasPlaced, PlaceOrder, Sale, SaleCommands, SaleEvents, Seen } from './support/shop.ts';

// #region domain
/** Nest makes its providers before the context starts, so what they need of it is looked up when it is needed. */
@Injectable()
class Domain {
  context: DomainContext | undefined;

  get running(): DomainContext {
    if (this.context === undefined) throw new Error('The context has not been started yet.');
    return this.context;
  }
}

@Injectable()
class SaleHandler {
  readonly #domain: Domain;

  constructor(domain: Domain) {
    this.#domain = domain;
  }

  @handles()
  async place({ saleId, orderId, quantity }: PlaceOrder): Promise<void> {
    const sales = this.#domain.running.repository(Sale);
    await sales.createOrUpdate(saleId, (sale) => sale.placeOrder(orderId, quantity));
  }
}
// #endregion domain

@Injectable()
class OrderLog {
  readonly #seen: Seen;

  constructor(seen: Seen) {
    this.#seen = seen;
  }

  @on()
  note(event: OrderWasPlaced): void {
    this.#seen.add(event.orderId);
  }
}

@Module({ providers: [Domain, Seen, SaleHandler, OrderLog] })
class ShopModule {}

it("has its handlers made by Nest's injector", async () => {
  // #region start
  const app = await NestFactory.createApplicationContext(ShopModule, { logger: false });
  const domain = app.get(Domain);
  await using context = await DomainContext.configure()
    .messages(SaleCommands, SaleEvents)
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) => c.withProcessor((p) => p.endpoint('sales').registerHandler(SaleHandler).registerHandler(OrderLog)))
    .ioc((c) => c.resolver((type) => app.get(type)))
    .start();
  domain.context = context;
  // #endregion start

  await context.commands(SaleCommands).send(new PlaceOrder('sale-1', 'order-1', 2));

  const seen = app.get(Seen);
  await seen.until(1);
  expect(seen.orders).toEqual(['order-1']);
  await app.close();
});
