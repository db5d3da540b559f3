import { redis } from '@ndomain/redis';
import { RedisServer } from '@ndomain/testing/servers';
import type { BackendEntry } from './backend-entry.ts';

/** A Redis server for each run, which the parent starts and every process connects to. */
export const redisBackend: BackendEntry = {
  name: 'redis',
  provides: ['eventStore', 'transport'],
  async prepare() {
    const server = await RedisServer.start();
    return { where: server.url, cleanUp: () => server[Symbol.asyncDispose]() };
  },
  open: (url) => redis(url),
};
