import { RedisConnection, Script } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { Cluster } from 'ioredis';
import { expect, test } from 'vitest';
import { startCluster } from '../support/servers.ts';

const COUNT = new Script("return redis.call('INCR', KEYS[1])");

test('a cluster is worked with as one server is, also after a master was killed and its replica took over', async () => {
  await using cluster = await startCluster({ withReplicas: true });
  const mine = new Cluster(cluster.nodes, { lazyConnect: true });
  await using connection = new RedisConnection(mine, { unreachableAfterMs: 30_000 });
  const calls = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ script: COUNT, keys: [key], args: [] }));
  const counts = async (): Promise<number[]> =>
    (await connection.runAll(calls)).map((result) => (result.status === 'fulfilled' ? Number(result.value) : 0));
  expect(await counts()).toEqual([1, 1, 1, 1, 1]);

  const heard: string[] = [];
  await connection.listen('news', { onMessage: (text) => heard.push(text), onGap: () => undefined });
  await cluster.masters[0]?.kill();
  const after = await counts();
  // What the replica had not been told of yet when its master died is lost: that is Redis's.
  for (const count of after) expect(count).toBeGreaterThanOrEqual(1);
  await eventually(
    async () => {
      await connection.command((client) => client.publish('news', 'still here'));
      return heard.includes('still here');
    },
    { timeoutMs: 20_000 },
  );
  mine.disconnect();
}, 60_000);
