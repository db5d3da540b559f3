import { SqliteEventStoreDb } from '@ndomain/sqlite';
import { eventStoreSuite, realTime } from '@ndomain/testing';
import { describe, it } from 'vitest';
import { closeFile, execute, onTwo } from '../support/files.ts';

eventStoreSuite(
  {
    name: 'SqliteEventStoreDb',
    create: () => ({ ...onTwo((database) => new SqliteEventStoreDb(database)), time: realTime() }),
    cleanUp: closeFile,
    capabilities: { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity },
    corrupt: (backend, streamId, version) =>
      execute(
        backend,
        `UPDATE event SET payload = '{"half":' WHERE sequence_id = ? AND stream = (SELECT stream FROM stream WHERE stream_id = ?)`,
        version,
        streamId,
      ),
  },
  { describe, it },
);
