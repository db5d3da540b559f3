import { SqliteTransport } from '@ndomain/sqlite';
import { realTime, transportSuite } from '@ndomain/testing';
import { describe, it } from 'vitest';
import { closeFile, execute, onTwo, reopened } from '../support/files.ts';

transportSuite(
  {
    name: 'SqliteTransport',
    create: () => ({ ...onTwo((database) => new SqliteTransport(database)), time: realTime() }),
    async cleanUp(backend) {
      await backend.first[Symbol.asyncDispose]();
      await backend.second[Symbol.asyncDispose]();
      await closeFile(backend);
    },
    capabilities: { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' },
    leaseMs: 300,
    async inject(backend, endpoint, raw) {
      await execute(backend, 'INSERT OR IGNORE INTO queue (endpoint, partition) VALUES (?, -1)', endpoint);
      await execute(
        backend,
        `INSERT INTO message (queue, delivery_count, ready_since, message_id, component, name, headers, payload)
         SELECT queue, 0, 0, '', '', '', '{}', ? FROM queue WHERE endpoint = ?`,
        raw,
        endpoint,
      );
    },
    restart: (backend) => reopened(backend, (database) => new SqliteTransport(database)),
  },
  { describe, it },
);
