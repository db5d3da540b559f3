import {
  Aggregate,
  DomainContext,
  eventHistory,
  LocalEventStoreDb,
  LocalSnapshotStore,
  State,
  type KeepsItself,
  type Mutates,
} from '@ndomain/core';
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

type BudgetEvents = { Spent: { amount: number } };

// #region keeps-itself
class BudgetState extends State implements Mutates<BudgetEvents>, KeepsItself<{ used: number }> {
  #used = 0;

  get used() {
    return this.#used;
  }

  onSpent({ amount }: BudgetEvents['Spent']) {
    this.#used += amount;
  }

  toSnapshot() {
    return { used: this.#used };
  }

  fromSnapshot({ used }: { used: number }) {
    this.#used = used;
  }
}
// #endregion keeps-itself

class Budget extends Aggregate<BudgetState, BudgetEvents> {
  static readonly State = BudgetState;

  spend(amount: number) {
    this.on('Spent', { amount });
  }
}

it('event-versions: a State keeps its private fields itself', async () => {
  await using context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Budget).snapshots({ every: 2, store: new LocalSnapshotStore() }))
    .start();
  for (let i = 0; i < 5; i++) await context.repository(Budget).createOrUpdate('b', (budget) => budget.spend(2));
  expect((await context.repository(Budget).find('b')).state.used).toBe(10);
});

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
