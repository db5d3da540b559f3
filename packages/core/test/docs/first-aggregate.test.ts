import { DomainContext, isNDomainError, streamIdOf } from '@ndomain/core';
import { expect, it } from 'vitest';
import { Sale } from './sale.ts';

it('first-aggregate: create, find, update, and the events behind it', async () => {
  // #region use
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Sale))
    .start();
  const sales = context.repository(Sale);

  await sales.createOrUpdate('sale-1', (sale) => sale.create('lantern', 1250, 10));
  await sales.update('sale-1', (sale) => sale.placeOrder('order-1', 3));

  const sale = await sales.find('sale-1');
  console.log(sale.version, sale.state.available); // 2 7
  // #endregion use
  expect([sale.version, sale.state.available]).toEqual([2, 7]);

  // #region rejected
  try {
    await sales.update('sale-1', (sale) => sale.placeOrder('order-2', 8));
  } catch (error) {
    console.log(String(error)); // Error: sale-1 has 7 left, and 8 were ordered.
  }
  // #endregion rejected
  await expect(sales.update('sale-1', (each) => each.placeOrder('order-2', 8))).rejects.toThrow(
    'sale-1 has 7 left, and 8 were ordered.',
  );

  const lines: string[] = [];
  // #region history
  for await (const events of context.eventStore.load(streamIdOf('Sale', 'sale-1'))) {
    for (const event of events) lines.push(`${event.sequenceId} ${event.name}`);
  }
  // #endregion history
  expect(lines).toEqual(['1 SaleCreated', '2 OrderPlaced']);

  // #region not-found
  const missing = await sales.find('sale-2').catch((error: unknown) => error);
  console.log(isNDomainError(missing, 'ND_AGGREGATE_NOT_FOUND')); // true
  // #endregion not-found
  expect(isNDomainError(missing, 'ND_AGGREGATE_NOT_FOUND')).toBe(true);

  // #region by-hand
  const loaded = await sales.find('sale-1');
  loaded.placeOrder('order-3', 1);
  console.log(loaded.originalVersion, loaded.version, loaded.changes.length); // 2 3 1
  await sales.save(loaded); // throws ND_CONCURRENCY when somebody else was faster
  // #endregion by-hand
  expect(loaded.originalVersion).toBe(3);
  await context.stop();
});
