/* oxlint-disable typescript/consistent-type-imports -- types of decorated parameters are values: they end up in the metadata */
import { type AggregateRepository, DomainContext } from '@ndomain/core';
import { handles, on } from '@ndomain/decorators';
import { container, inject, injectable } from 'tsyringe';
import { expect, it } from 'vitest';
import { OrderWasPlaced, PlaceOrder, Sale, SaleCommands, SaleEvents, Seen } from './support/shop.ts';

@injectable()
class SaleHandler {
  readonly #sales: AggregateRepository<Sale>;

  constructor(@inject('sales') sales: AggregateRepository<Sale>) {
    this.#sales = sales;
  }

  @handles()
  async place({ saleId, orderId, quantity }: PlaceOrder): Promise<void> {
    await this.#sales.createOrUpdate(saleId, (sale) => sale.placeOrder(orderId, quantity));
  }
}

@injectable()
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

it('has its handlers made by tsyringe', async () => {
  const seen = new Seen();
  const services = container.createChildContainer();
  services.registerInstance(Seen, seen);
  await using context = await DomainContext.configure()
    .messages(SaleCommands, SaleEvents)
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) => c.withProcessor((p) => p.endpoint('sales').registerHandler(SaleHandler).registerHandler(OrderLog)))
    // #region container
    .ioc((c) =>
      c.resolver((type, context) => {
        services.registerInstance('sales', context.repository(Sale));
        return services.resolve(type);
      }),
    )
    // #endregion container
    .start();

  await context.commands(SaleCommands).send(new PlaceOrder('sale-1', 'order-1', 2));

  await seen.until(1);
  expect(seen.orders).toEqual(['order-1']);
});
