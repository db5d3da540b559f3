import { backup, DatabaseSync } from 'node:sqlite';
import { Aggregate, DomainContext, State } from '@ndomain/core';
import { sqlite, SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from './support/files.ts';

class SaleState extends State {
  stock = 0;
  onSaleCreated(event: { stock: number }): void {
    this.stock = event.stock;
  }
}

class Sale extends Aggregate<SaleState, { SaleCreated: { stock: number } }> {
  static readonly State = SaleState;
  create(stock: number): void {
    this.on('SaleCreated', { stock });
  }
}

test('what the guide shows: a program that goes on where it was ended, and a copy of its file', async () => {
  using folder = new Folder();
  const file = folder.file('shop.db');
  const copy = folder.file('copy.db');
  for (const stock of [5, 7]) {
    // #region start
    const context = await DomainContext.configure()
      .with(sqlite(file))
      .eventSourcing((c) => c.bind(Sale))
      .start();
    // #endregion start
    await context.repository(Sale).createOrUpdate('1', (sale) => sale.create(stock));
    await context.stop();
  }
  // #region backup
  const source = new DatabaseSync(file);
  await backup(source, copy);
  source.close();
  // #endregion backup
  await using database = new SqliteDatabase(copy);
  const { version } = await new SqliteEventStoreDb(database).load('Sale/1', { from: 1, to: 9, limit: 9 });
  expect(version).toBe(2);
});
