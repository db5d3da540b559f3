import { realTime, transportSuite } from '@ndomain/testing';
import { describe, it } from 'vitest';
import { RedisTransport } from '@ndomain/redis';
import { closeRedis, connectionsOf, onTwo, places } from '../support/servers.ts';

const TOO_LONG = 'x'.repeat(201);

for (const place of await places()) {
  transportSuite(
    {
      name: `RedisTransport on ${place.name}`,
      create: () => ({ ...onTwo(place, (connection) => new RedisTransport(connection)), time: realTime() }),
      async cleanUp(backend) {
        await backend.first[Symbol.asyncDispose]();
        await backend.second[Symbol.asyncDispose]();
        await closeRedis(backend);
      },
      capabilities: { maxMessageBytes: 16_777_216, maxDelayMs: Infinity, delivery: 'push' },
      leaseMs: 300,
      refusedEndpoint: TOO_LONG,
      async inject(backend, endpoint, raw) {
        const { first } = connectionsOf(backend);
        await first.command((client) => client.rpush(first.keys.endpoint(endpoint).queue('').ready, raw));
      },
      async restart(backend) {
        await backend.first[Symbol.asyncDispose]();
        await backend.second[Symbol.asyncDispose]();
        return new RedisTransport(connectionsOf(backend).open());
      },
    },
    { describe, it },
  );
}
