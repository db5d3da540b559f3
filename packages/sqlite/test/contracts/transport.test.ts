import { SqliteLeases, SqliteTransport } from '@ndomain/sqlite';
import { realTime, transportSuite } from '@ndomain/testing';
import { describe, it } from 'vitest';
import { closeFile, execute, onTwo, reopened } from '../support/files.ts';

transportSuite(
  {
    name: 'SqliteTransport',
    create() {
      const backend = onTwo((database) => new SqliteTransport(database));
      return { ...backend, leases: new SqliteLeases(backend.connections.first), time: realTime() };
    },
    checksFences: true,
    async cleanUp(backend) {
      await backend.first[Symbol.asyncDispose]();
      await backend.second[Symbol.asyncDispose]();
      await closeFile(backend);
    },
    capabilities: { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' },
    leaseMs: 300,
    async inject(backend, endpoint, raw) {
      await execute(backend, 'INSERT OR IGNORE INTO queue (endpoint, partition) VALUES (?, -1)', endpoint);
      const values = "'', '', '', '{}', ?";
      await execute(
        backend,
        `INSERT INTO message (message_id, component, name, headers, payload) VALUES (${values})`,
        raw,
      );
      await execute(
        backend,
        `INSERT INTO delivery (queue, visible_at, place, delivery_count, ready_since)
         SELECT queue, 0, (SELECT max(place) FROM message), 0, 0 FROM queue WHERE endpoint = ?`,
        endpoint,
      );
    },
    restart: (backend) => reopened(backend, (database) => new SqliteTransport(database)),
  },
  { describe, it },
);
