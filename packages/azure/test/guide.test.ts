import {
  AzureConnection,
  azureBlobQueries,
  azureLeases,
  azureQueues,
  azureSnapshots,
  azureStorage,
  azureSubscriptions,
  azureTableEvents,
  type AzureCredential,
} from '@ndomain/azure';
import { Aggregate, DomainContext, State } from '@ndomain/core';
import { expect, inject, test } from 'vitest';
import { freshPrefix } from './support/names.ts';

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

const credential: AzureCredential = { getToken: () => Promise.resolve(null) };

test('what the guide shows: everything in one account, and a program that goes on where it was ended', async () => {
  const connectionString = inject('azurite');
  const prefix = freshPrefix();
  for (const stock of [5, 7]) {
    // #region start
    const context = await DomainContext.configure()
      .with(azureStorage({ connectionString, prefix }))
      .eventSourcing((c) => c.bind(Sale))
      .start();
    // #endregion start
    await context.repository(Sale).createOrUpdate('1', (sale) => sale.create(stock));
    await context.stop();
  }
  const context = await DomainContext.configure()
    .with(azureStorage({ connectionString, prefix }))
    .eventSourcing((c) => c.bind(Sale))
    .start();
  expect(await context.repository(Sale).find('1')).toMatchObject({ version: 2, state: { stock: 7 } });
  await context.stop();
});

test('what the guide shows: an account with an identity instead of a key', () => {
  // #region identity
  const backend = azureStorage({ account: 'shop', credential });
  // #endregion identity
  expect(backend.name).toBe('azure https://shop.table.core.windows.net/ndomainEvents');
});

test('what the guide shows: each part alone, on one connection', async () => {
  const account = inject('azurite');
  const prefix = freshPrefix();
  const table = (name: string): { table: string } => ({ table: prefix + name });
  // #region parts
  const connection = new AzureConnection(account);
  const context = await DomainContext.configure()
    .eventSourcing((c) =>
      c
        .store(azureTableEvents(connection, table('Events')))
        .snapshots({ every: 100, store: azureSnapshots(connection, table('Snapshots')) })
        .bind(Sale),
    )
    .queries(azureBlobQueries(connection, { container: `${prefix}-queries` }))
    .bus((c) =>
      c
        .transport(azureQueues(connection, { prefix }))
        .subscriptions(azureSubscriptions(connection, table('Subscriptions')))
        .leases(azureLeases(connection, table('Leases'))),
    )
    .start();
  // #endregion parts
  await context.repository(Sale).createOrUpdate('1', (sale) => sale.create(3));
  expect(await context.repository(Sale).find('1')).toMatchObject({ version: 1 });
  await context.stop();
});
