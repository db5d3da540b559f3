/* oxlint-disable typescript/consistent-type-imports -- types of decorated parameters are values: they end up in the metadata */
import { type AggregateRepository, DomainContext, type MessageContext } from '@ndomain/core';
import { handles, inject, on, resolver } from '@ndomain/decorators';
import { expect, it } from 'vitest';
import { OrderWasPlaced, PlaceOrder, Sale, SaleCommands, SaleEvents, Seen } from './support/shop.ts';

class SaleHandler {
  readonly #sales: AggregateRepository<Sale>;

  constructor(@inject(Sale) sales: AggregateRepository<Sale>) {
    this.#sales = sales;
  }

  @handles()
  async place(command: PlaceOrder): Promise<void> {
    await this.#sales.createOrUpdate(command.saleId, (sale) => sale.placeOrder(command.orderId, command.quantity));
  }
}

class OrderLog {
  readonly #seen: Seen;

  constructor(@inject() seen: Seen) {
    this.#seen = seen;
  }

  @on()
  note(event: OrderWasPlaced, context: MessageContext): void {
    this.#seen.add(`${context.aggregateId}: ${event.orderId}${event.isBig ? ', a big one' : ''}`);
  }
}

it('goes from command to aggregate to event to handler, with constructors filled in by the resolver alone', async () => {
  const seen = new Seen();
  await using context = await DomainContext.configure()
    .messages(SaleCommands, SaleEvents)
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) => c.withProcessor((p) => p.endpoint('sales').registerHandler(SaleHandler).registerHandler(OrderLog)))
    .ioc((c) => c.resolver(resolver(() => [[Seen, seen]])))
    .start();

  await context.commands(SaleCommands).send(new PlaceOrder('sale-1', 'order-1', 100));
  await context.commands(SaleCommands).send('PlaceOrder', new PlaceOrder('sale-2', 'order-2', 1));

  await seen.until(2);
  expect(seen.orders.toSorted()).toEqual(['sale-1: order-1, a big one', 'sale-2: order-2']);
  const sale = await context.repository(Sale).find('sale-1');
  expect(sale.state.ordered).toBe(100);
});
