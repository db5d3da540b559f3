import { type AggregateEvent, AggregateDefinition, DomainContext, silentLogger } from '@ndomain/core';
import { expect, it } from 'vitest';
import { OutOfStock, Sale, type SaleCommands, SaleCommandHandler } from './sale.ts';
import { SaleStock } from './stock.ts';

it('testing: one aggregate alone', () => {
  // #region aggregate
  const sale = new AggregateDefinition(Sale).create('sale-1');
  sale.create('lantern', 1250, 10);
  sale.placeOrder('order-1', 3);

  expect(sale.changes).toEqual([
    { name: 'SaleCreated', payload: { item: 'lantern', price: 1250, stock: 10 } },
    { name: 'OrderPlaced', payload: { orderId: 'order-1', quantity: 3 } },
  ]);
  expect(() => sale.placeOrder('order-2', 8)).toThrow(OutOfStock);
  // #endregion aggregate
  const events: AggregateEvent[] = [];
  expect(new AggregateDefinition(Sale).fromEvents('sale-1', events).version).toBe(0);
});

it('testing: the whole, in the process of the test', async () => {
  // #region whole
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('sales')
          .recoverability({ immediateRetries: 0, delayedRetries: [] })
          .registerHandler(SaleCommandHandler, (c) => new SaleCommandHandler(c.repository(Sale)))
          .registerProjection(SaleStock),
      ),
    )
    .logging((c) => c.logger(silentLogger))
    .start();

  await context.commands<SaleCommands>().send('CreateSale', { saleId: 's', item: 'lantern', price: 1250, stock: 4 });
  const stock = await context.views(SaleStock).getOrWaitUntil('s', 1);

  expect(stock.data).toEqual({ available: 4 });
  await context.stop();
  // #endregion whole
});
