import { silentLogger, systemClock, type BackendServices, type Lease, type Provider } from '@ndomain/core';
import {
  RedisConnection,
  RedisEventStoreDb,
  RedisLeases,
  redisLeases,
  RedisTransport,
  redisTransport,
} from '@ndomain/redis';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { ENDPOINT, message, receive } from './support/load.ts';
import { places, startServer, TwoConnections } from './support/servers.ts';

const LONG_MS = 600_000;
const SERVICES: BackendServices = { clock: systemClock, logger: silentLogger };

async function granted(leases: RedisLeases, name: string, owner = 'one'): Promise<Lease> {
  return (await leases.acquire(name, owner, LONG_MS)) ?? expect.fail(`${name} was not granted`);
}

for (const place of await places()) {
  describe(`leases on ${place.name}`, () => {
    const NAMES = [
      'member/sales/a',
      'partition',
      'partition/7',
      'partition/sales/0000',
      'partition/sales/0010',
      'partition/sales/eu/0000',
      'partition/sales{eu}/0000',
      'partition/salesman/0000',
      'recovery',
    ];

    test.each([
      '',
      'p',
      'partition',
      'partition/',
      'partition/sales',
      'partition/sales/',
      'partition/sales/00',
      'member/',
    ])('are listed by the prefix "%s", wherever they are', async (prefix) => {
      await using connections = new TwoConnections(place);
      const leases = new RedisLeases(connections.first);
      for (const name of NAMES.toReversed()) await granted(leases, name);
      const listed = await new RedisLeases(connections.second).list(prefix);
      expect(listed.map(({ name }) => name)).toEqual(NAMES.filter((name) => name.startsWith(prefix)).toSorted());
    });

    test('are each renewed and given up where they are', async () => {
      await using connections = new TwoConnections(place);
      const leases = new RedisLeases(connections.first);
      const other = new RedisLeases(connections.second);
      const held: Lease[] = [];
      for (const name of NAMES) held.push(await granted(leases, name));
      expect(await Promise.all(held.map((lease) => other.renew(lease, LONG_MS)))).toEqual(NAMES.map(() => true));
      for (const lease of held) await other.release(lease);
      expect(await leases.list('')).toEqual([]);
      for (const lease of held) expect((await granted(leases, lease.name, 'other')).fence).toBeGreaterThan(lease.fence);
    });

    test('G5 of a server that lost its last second and gives a fence a second time are still told apart', async () => {
      await using connections = new TwoConnections(place);
      const { first: connection } = connections;
      const leases = new RedisLeases(connection);
      const name = `partition/${ENDPOINT}/0003`;
      const lost = await granted(leases, name, 'one');
      const transport = new RedisTransport(connection);
      const inbound = transport.receiver(ENDPOINT, { leaseMs: LONG_MS, partition: 3, lease: lost });
      await transport.send([message('1', { partition: 3 })]);
      const [late] = await receive(inbound, 1);
      const { held, fence } = connection.keys.leasesWith(name);
      await connection.command((client) => client.unlink(held, fence));
      await expect(late?.extend(LONG_MS)).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
      const next = await granted(leases, name, 'other');
      expect(next.fence).toBe(lost.fence);
      await expect(late?.commit()).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
      await expect(receive(inbound, 1)).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
      expect(await leases.renew(lost, LONG_MS)).toBe(false);
      await leases.release(lost);
      expect(await leases.renew(next, LONG_MS)).toBe(true);
    });

    test('G5 that were granted to another, who gave them up, are lost for the holder before', async () => {
      await using connections = new TwoConnections(place);
      const leases = new RedisLeases(connections.first);
      const name = `partition/${ENDPOINT}/0003`;
      const lost = (await leases.acquire(name, 'one', 1)) ?? expect.fail();
      const transport = new RedisTransport(connections.first);
      await transport.send([message('1', { partition: 3 })]);
      const inbound = transport.receiver(ENDPOINT, { leaseMs: LONG_MS, partition: 3, lease: lost });
      const [late] = await receive(inbound, 1);
      let next: Lease | undefined;
      while (next === undefined) next = await leases.acquire(name, 'other', LONG_MS);
      await leases.release(next);
      await expect(late?.commit()).rejects.toMatchObject({ code: 'ND_LEASE_LOST' });
      expect(await transport.figures(ENDPOINT)).toMatchObject({ inFlight: 1 });
    });

    test('of something else than a partition of the endpoint are refused by its receivers', async () => {
      await using connections = new TwoConnections(place);
      const leases = new RedisLeases(connections.first);
      const transport = new RedisTransport(connections.first);
      for (const name of ['recovery', 'partition/other/0003']) {
        const lease = await granted(leases, name);
        const opening = (): unknown => transport.receiver(ENDPOINT, { leaseMs: LONG_MS, partition: 3, lease });
        expect(opening).toThrow(`Expected lease to be the lease of a partition, such as "partition/${ENDPOINT}/0003"`);
      }
    });
  });
}

test('what is renewed in one moment takes one command for each endpoint, and one for all else', async () => {
  await using server = await startServer();
  await using connection = new RedisConnection(server.url);
  const leases = new RedisLeases(connection);
  const names = ['member/sales/a', 'member/mail/a', 'recovery'];
  for (const endpoint of ['sales', 'mail']) for (let i = 0; i < 16; i++) names.push(`partition/${endpoint}/${i}`);
  const held: Lease[] = [];
  for (const name of names) held.push(await granted(leases, name));
  const renewAll = async (): Promise<void> =>
    expect(await Promise.all(held.map((lease) => leases.renew(lease, LONG_MS)))).toEqual(names.map(() => true));
  // By its digest from the second time on.
  await renewAll();
  const calls = async (): Promise<number> => {
    const stats = await connection.command((client) => client.info('commandstats'));
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]);
  };
  const before = await calls();
  await renewAll();
  expect((await calls()) - before).toBe(3);
});

describe('the storage that transport and leases name', () => {
  const made = <Part extends object>(provider: Provider<Part>): Part =>
    typeof provider === 'function' ? provider(SERVICES) : provider;

  test('is one for the same keys, whichever connections lead there, and another for any others', async () => {
    await using server = await startServer();
    const mine = new Redis(server.url);
    const transport = made(redisTransport(mine, { prefix: 'shop' }));
    expect(made(redisLeases(mine, { prefix: 'shop', unreachableAfterMs: 5_000 })).storage).toBe(transport.storage);
    await using same = new RedisConnection(server.url, { prefix: 'shop' });
    expect(new RedisLeases(same).storage).toBe(transport.storage);
    expect(transport.storage).toBeDefined();
    await using otherPrefix = new RedisConnection(server.url, { prefix: 'shop2' });
    await using otherDb = new RedisConnection(`${server.url}/1`, { prefix: 'shop' });
    for (const other of [otherPrefix, otherDb]) expect(new RedisLeases(other).storage).not.toBe(transport.storage);
    const sentinels = { sentinels: [{ host: '127.0.0.1', port: 1 }], lazyConnect: true };
    await using oneMaster = new RedisConnection({ ...sentinels, name: 'one' });
    await using otherMaster = new RedisConnection({ ...sentinels, name: 'other' });
    expect(oneMaster.storage).not.toBe(otherMaster.storage);
    mine.disconnect();
  });

  test('is none of the event store: events and messages are not written in one transaction', async () => {
    await using server = await startServer();
    await using connection = new RedisConnection(server.url);
    expect('storage' in new RedisEventStoreDb(connection)).toBe(false);
    expect('enlist' in new RedisTransport(connection)).toBe(false);
  });
});
