import { RedisConnection, RedisEventStoreDb, RedisLeases, RedisQueryStore } from '@ndomain/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RedisServer } from '@ndomain/testing/servers';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { append, stored } from '../support/events.ts';
import { freshPrefix, startServer } from '../support/servers.ts';

describe('a command whose answer was lost takes effect once, and its caller is told the truth', () => {
  let server: RedisServer;
  let proxy: CuttingProxy;
  let connection: RedisConnection;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    proxy = await CuttingProxy.to(server.port);
    connection = new RedisConnection(proxy.url, { prefix: freshPrefix() });
    await connection.open();
  });
  afterEach(async () => {
    await connection[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  /** The script is known to the server first: so the lost answer is that of its run. */
  async function withAnswerLost<T>(warmUp: () => Promise<unknown>, run: () => Promise<T>): Promise<T> {
    await warmUp();
    proxy.cutNextAnswer();
    const result = await run();
    expect(proxy.cuts).toBe(1);
    return result;
  }

  test('G3 an append', async () => {
    const db = new RedisEventStoreDb(connection);
    const result = await withAnswerLost(
      () => append(db, 1),
      () => append(db, 2),
    );
    expect(result).toEqual({ version: 2, duplicate: true });
    expect(await stored(db)).toEqual([1, 2]);
  });

  test('a conditional set of a read model', async () => {
    const queries = new RedisQueryStore(connection);
    const isSet = await withAnswerLost(
      () => queries.set('a', 0, 1, 'one'),
      () => queries.set('a', 1, 2, 'two'),
    );
    expect(isSet).toBe(true);
    expect(await queries.get('a')).toEqual({ id: 'a', version: 2, data: 'two' });
  });

  test('a lease', async () => {
    const leases = new RedisLeases(connection);
    const lease = await withAnswerLost(
      () => leases.acquire('a', 'me', 60_000),
      () => leases.acquire('b', 'me', 60_000),
    );
    expect(lease).toMatchObject({ name: 'b', owner: 'me', wasAbandoned: false });
    expect(await leases.acquire('b', 'me', 60_000)).toBeUndefined();
  });

  test('what may not run twice fails instead', async () => {
    const run = (): Promise<number> => connection.command((client) => client.incr('counter'), false);
    await expect(withAnswerLost(run, run)).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
    expect(await connection.command((client) => client.get('counter'))).toBe('2');
  });
});
