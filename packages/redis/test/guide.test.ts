import { Aggregate, DomainContext, State } from '@ndomain/core';
import { redis, redisLeases, redisSubscriptions, redisTransport } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { Cluster, Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startCluster, startServer } from './support/servers.ts';

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

test('what the guide shows: everything on one Redis', async () => {
  await using server = await startServer();
  const { url } = server;
  for (const stock of [5, 7]) {
    // #region start
    const context = await DomainContext.configure()
      .with(redis(url, { prefix: 'shop' }))
      .eventSourcing((c) => c.bind(Sale))
      .start();
    // #endregion start
    await context.repository(Sale).createOrUpdate('1', (sale) => sale.create(stock));
    expect((await context.repository(Sale).find('1')).state.stock).toBe(stock);
    await context.stop();
  }
});

test('what the guide shows: the bus on a connection of your own, and nothing else', async () => {
  await using server = await startServer();
  const { url } = server;
  const heard: number[] = [];
  // #region bus
  const connection = new Redis(url);
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) =>
      c
        .transport(redisTransport(connection, { prefix: 'shop' }))
        .subscriptions(redisSubscriptions(connection, { prefix: 'shop' }))
        .leases(redisLeases(connection, { prefix: 'shop' }))
        .withProcessor((p) =>
          p
            .endpoint('stock')
            .events<{ SaleCreated: { stock: number } }>()
            .handle('SaleCreated', async ({ stock }) => {
              heard.push(stock);
            }),
        ),
    )
    .start();
  // #endregion bus
  await context.repository(Sale).createOrUpdate('1', (sale) => sale.create(3));
  await eventually(() => heard.length === 1);
  await context.stop();
  // Ours ends with it.
  const connections = async (): Promise<number> =>
    String(await connection.client('LIST'))
      .trim()
      .split('\n').length;
  expect(await connections()).toBeGreaterThan(1);
  const look = new Redis(url);
  connection.disconnect();
  await eventually(
    async () =>
      String(await look.client('LIST'))
        .trim()
        .split('\n').length === 1,
  );
  look.disconnect();
});

test('what the guide shows: a cluster', async () => {
  await using servers = await startCluster();
  const { nodes } = servers;
  // #region cluster
  const cluster = new Cluster(nodes);
  const context = await DomainContext.configure()
    .with(redis(cluster, { prefix: 'shop' }))
    .eventSourcing((c) => c.bind(Sale))
    .start();
  // #endregion cluster
  await context.repository(Sale).createOrUpdate('1', (sale) => sale.create(3));
  expect((await context.repository(Sale).find('1')).state.stock).toBe(3);
  await context.stop();
  cluster.disconnect();
});

test('a server that throws keys away when it is full is warned of', async () => {
  await using server = await startServer({ 'maxmemory-policy': 'allkeys-lru' });
  const warnings: string[] = [];
  const logger = { ...console, warn: (_: object, message: string) => void warnings.push(message) };
  const context = await DomainContext.configure()
    .with(redis(server.url))
    .logging((c) => c.logger(logger))
    .start();
  await context.stop();
  expect(warnings).toEqual([expect.stringContaining('CONFIG SET maxmemory-policy noeviction')]);
});
