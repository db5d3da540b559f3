import { realTime, transportSuite } from '@ndomain/testing';
import { describe, it } from 'vitest';
import { RedisLeases, RedisTransport } from '@ndomain/redis';
import { closeRedis, connectionsOf, onTwo, places } from '../support/servers.ts';

const TOO_LONG = 'x'.repeat(201);

for (const place of await places()) {
  transportSuite(
    {
      name: `RedisTransport on ${place.name}`,
      create() {
        const backend = onTwo(place, (connection) => new RedisTransport(connection));
        return { ...backend, leases: new RedisLeases(backend.connections.open()), time: realTime() };
      },
      async cleanUp(backend) {
        await backend.first[Symbol.asyncDispose]();
        await backend.second[Symbol.asyncDispose]();
        await closeRedis(backend);
      },
      capabilities: { maxMessageBytes: 16_777_216, maxDelayMs: Infinity, delivery: 'push' },
      leaseMs: 300,
      checksFences: true,
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
