import { Cluster, Redis } from 'ioredis';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { ENDPOINT, Load } from '../support/load.ts';
import { startCluster } from '../support/servers.ts';

/** A master does not wait for its replica: https://redis.io/docs/latest/operate/oss_and_stack/management/replication/ */
const REPLICATION_MS = 1_000;

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

test('G12 masters of a cluster that are killed under load: replicas take their place, and all goes on but for what they had not been told yet', async () => {
  await using cluster = await startCluster({ withReplicas: true });
  const connect = (): RedisConnection =>
    new RedisConnection(new Cluster(cluster.nodes, { lazyConnect: true }), { unreachableAfterMs: 30_000 });
  await using sender = connect();
  await using receiver = connect();
  const load = new Load(new RedisTransport(sender), new RedisTransport(receiver), 2_000);
  await load.goesOn();
  const [first] = cluster.masters;
  const admin = new Redis(first?.port ?? 0, first?.host ?? '');
  const slot = await admin.call('cluster', ['keyslot', sender.keys.endpoint(ENDPOINT).counters]);
  admin.disconnect();
  const killedAt = Date.now();
  await cluster.masters[Math.floor((Number(slot) * cluster.masters.length) / 16_384)]?.kill();
  await load.goesOn();
  await load.drain(killedAt - REPLICATION_MS);
  expect(load.handled.size).toBeGreaterThan(1_000);
}, 120_000);
