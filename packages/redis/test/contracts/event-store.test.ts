import { RedisEventStoreDb } from '@ndomain/redis';
import { eventStoreSuite, realTime } from '@ndomain/testing';
import { describe, it } from 'vitest';
import { closeRedis, connectionsOf, onTwo, places } from '../support/servers.ts';

for (const place of await places()) {
  eventStoreSuite(
    {
      name: `RedisEventStoreDb on ${place.name}`,
      create: () => ({ ...onTwo(place, (connection) => new RedisEventStoreDb(connection)), time: realTime() }),
      cleanUp: closeRedis,
      capabilities: { readAll: true, maxEventBytes: Infinity, maxAppendEvents: 50_000 },
      async corrupt(backend, streamId, version) {
        const { first } = connectionsOf(backend);
        const key = first.keys.stream(streamId);
        const id = `${version}-0`;
        // An entry of a stream cannot be changed, so the stream is written anew with half of one payload.
        const entries = await first.command((client) => client.xrange(key, '-', '+'));
        await first.command((client) => client.unlink(key));
        for (const [entry, fields] of entries) {
          const written = entry === id ? fields.map((field, i) => (i === 7 ? '{"half":' : field)) : fields;
          await first.command((client) => client.xadd(key, entry, ...written));
        }
      },
    },
    { describe, it },
  );
}
