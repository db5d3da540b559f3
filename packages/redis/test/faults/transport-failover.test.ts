import { Cluster, Redis } from 'ioredis';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { ENDPOINT, Load } from '../support/load.ts';
import { startCluster } from '../support/servers.ts';

test('G12 CLUSTER FAILOVER under load: all that was accepted arrives, and nothing has to be restarted', async () => {
  await using cluster = await startCluster({ withReplicas: true });
  const connect = (): RedisConnection =>
    new RedisConnection(new Cluster(cluster.nodes, { lazyConnect: true }), { unreachableAfterMs: 30_000 });
  await using sender = connect();
  await using receiver = connect();
  const load = new Load(new RedisTransport(sender), new RedisTransport(receiver), 2_000);
  await load.goesOn();
  // There is one endpoint, so one of them has all of it; all change places.
  for (const { host, port } of cluster.replicas) {
    const replica = new Redis(port, host);
    await replica.call('cluster', ['failover']);
    await eventually(async () => (await replica.info('replication')).includes('role:master'), { timeoutMs: 20_000 });
    replica.disconnect();
    await load.goesOn(200);
  }
  await load.goesOn();
  await load.drain();
  expect(await new RedisTransport(sender).figures(ENDPOINT)).toMatchObject({ delayed: 0, dead: 0 });
}, 120_000);
