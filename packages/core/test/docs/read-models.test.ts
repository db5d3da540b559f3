import { type DomainContext as Context, DomainContext, LocalEventStoreDb } from '@ndomain/core';
import { expect, it } from 'vitest';
import { Sale } from './sale.ts';
import { OrdersByDay, SaleStock } from './stock.ts';

async function shop(db = new LocalEventStoreDb()): Promise<Context> {
  // #region register
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.store(db).bind(Sale))
    .bus((c) =>
      c.withProcessor((p) => p.endpoint('read-models').registerProjection(SaleStock).registerProjection(OrdersByDay)),
    )
    .start();
  // #endregion register
  return context;
}

it('read-models: read your writes, pages, and views over many aggregates', async () => {
  const context = await shop();
  await context.repository(Sale).createOrUpdate('sale-1', (sale) => sale.create('lantern', 1250, 10));

  // #region read-your-writes
  const sale = await context.repository(Sale).update('sale-1', (sale) => sale.placeOrder('order-1', 3));

  const stock = await context.views(SaleStock).getOrWaitUntil('sale-1', sale.version);
  console.log(stock.version, stock.data?.available); // 2 7
  // #endregion read-your-writes
  expect([stock.version, stock.data?.available]).toEqual([2, 7]);

  const ids: string[] = [];
  // #region list
  const firstPage = await context.views(SaleStock).list({ limit: 100 });
  for await (const view of context.views(SaleStock).all()) ids.push(view.id);
  // #endregion list
  expect(firstPage).toHaveLength(1);
  expect(ids).toEqual(['sale-1']);

  const today = sale.version > 0 ? new Date().toISOString().slice(0, 10) : '';
  // #region day
  const day = await context.views(OrdersByDay).getOrWaitUntil(today, 1);
  console.log(day.data); // { orders: 1, units: 3 }
  // #endregion day
  expect(day.data).toEqual({ orders: 1, units: 3 });
  await context.stop();
});

it('read-models: a projection that comes later', async () => {
  const db = new LocalEventStoreDb();
  const before = await DomainContext.configure()
    .eventSourcing((c) => c.store(db).bind(Sale))
    .start();
  await before.repository(Sale).createOrUpdate('sale-1', (sale) => sale.create('lantern', 1250, 10));
  await before.stop();

  const context = await shop(db);
  // #region catch-up
  const read = await context.catchUp(SaleStock);
  const stock = await context.views(SaleStock).get('sale-1');
  console.log(read, stock.data?.available); // 1 10
  // #endregion catch-up
  expect([read, stock.data?.available]).toEqual([1, 10]);
  await context.stop();
});
