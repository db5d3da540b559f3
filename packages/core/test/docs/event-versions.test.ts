import { Aggregate, DomainContext, eventHistory, LocalEventStoreDb, type Mutates, State } from '@ndomain/core';
import { expect, it } from 'vitest';

// #region today
type SaleEvents = {
  SaleCreated: { stock: number; currency: string };
};

class SaleState extends State implements Mutates<SaleEvents> {
  static readonly revision = 2; // raised when the meaning of a field changes: older snapshots are then ignored
  stock = 0;
  currency = '';

  onSaleCreated(event: SaleEvents['SaleCreated']) {
    this.stock = event.stock;
    this.currency = event.currency;
  }
}

class Sale extends Aggregate<SaleState, SaleEvents> {
  static readonly State = SaleState;
  static readonly history = eventHistory<SaleEvents>()
    .renamed('SaleOpened', 'SaleCreated')
    .revised('SaleCreated', (old: { units: number }) => ({ stock: old.units, currency: '' })) // revision 1 → 2
    .revised('SaleCreated', (old) => ({ ...old, currency: 'GBP' })); // revision 2 → 3

  create(stock: number) {
    this.on('SaleCreated', { stock, currency: 'GBP' });
  }
}
// #endregion today

it('event-versions: old streams load into the State of today', async () => {
  const db = new LocalEventStoreDb();
  const event = { aggregateId: 's', date: new Date(), sequenceId: 1, transactionId: 't', metadata: {} };
  await db.append('Sale/s', 't', 0, [{ ...event, name: 'SaleOpened', revision: 1, payload: { units: 12 } }]);
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.store(db).bind(Sale))
    .start();

  const sale = await context.repository(Sale).find('s');
  expect(sale.state).toMatchObject({ stock: 12, currency: 'GBP' });

  await context.repository(Sale).createOrUpdate('t', (each) => each.create(5));
  const { events } = await db.load('Sale/t', { from: 1, to: 1, limit: 1 });
  expect(events[0]).toMatchObject({ name: 'SaleCreated', revision: 3 });
  await context.stop();
});
