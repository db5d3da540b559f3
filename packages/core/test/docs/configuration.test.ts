import {
  type Backend,
  DomainContext,
  LocalEventStoreDb,
  LocalSnapshotStore,
  LocalQueryStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  LocalTransport,
  silentLogger,
} from '@ndomain/core';
import { expect, it } from 'vitest';
import { Sale, type SaleCommands, SaleCommandHandler } from './sale.ts';
import { SaleStock } from './stock.ts';

it('configuration: everything that can be said', async () => {
  const logger = silentLogger;
  class Container {
    resolve<T extends object>(type: new (...parameters: never[]) => T): T {
      return new type();
    }
  }
  const container = new Container();

  // #region all
  const context = await DomainContext.configure()
    .eventSourcing((c) =>
      c
        .bind(Sale)
        .store(new LocalEventStoreDb())
        .snapshots({ every: 100, store: new LocalSnapshotStore() })
        .cache({ capacity: 10_000 })
        .conflictRetries(10)
        .recovery({ olderThanMs: 30_000, everyMs: 10_000 }),
    )
    .bus((c) =>
      c
        .transport(new LocalTransport())
        .subscriptions({ store: new LocalSubscriptionStore(), broker: new LocalSubscriptionBroker() })
        .onUnrouted('error')
        .withProcessor((p) =>
          p
            .endpoint('sales')
            .concurrency(50)
            .ordered()
            .handlerTimeout(60_000)
            .lease(30_000)
            .stopTimeout(10_000)
            .recoverability({ immediateRetries: 5, delayedRetries: [10_000, 20_000, 30_000] })
            .registerHandler(SaleCommandHandler, (c) => new SaleCommandHandler(c.repository(Sale)))
            .registerProjection(SaleStock),
        ),
    )
    .queries(new LocalQueryStore())
    .logging((c) => c.logger(logger))
    .ioc((c) => c.resolver((type) => container.resolve(type)))
    .start();
  // #endregion all

  await context.commands<SaleCommands>().send('CreateSale', { saleId: 's', item: 'lantern', price: 1, stock: 4 });
  expect((await context.views(SaleStock).getOrWaitUntil('s', 1)).data).toEqual({ available: 4 });
  await context.stop();
});

it('configuration: two contexts that share their backends, as two processes share servers', async () => {
  // #region shared
  const backend: Backend = {
    name: 'in memory',
    eventStore: new LocalEventStoreDb(),
    transport: new LocalTransport(),
    subscriptions: { store: new LocalSubscriptionStore(), broker: new LocalSubscriptionBroker() },
    queries: new LocalQueryStore(),
  };

  const worker = await DomainContext.configure()
    .with(backend)
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) =>
      c.withProcessor((p) =>
        p.endpoint('sales').registerHandler(SaleCommandHandler, (c) => new SaleCommandHandler(c.repository(Sale))),
      ),
    )
    .start();

  const web = await DomainContext.configure().with(backend).start();
  await web.commands<SaleCommands>().send('CreateSale', { saleId: 's', item: 'lantern', price: 1250, stock: 4 });
  // #endregion shared

  await expect.poll(() => worker.repository(Sale).findOrDefault('s')).toMatchObject({ version: 1 });
  await web.stop();
  await worker.stop();
});
