import { newId } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { eventsAfter } from '../../lib/events.ts';
import { measureLoads } from '../../lib/loads.ts';
import type { Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  await using database = new SqliteDatabase(folder.file('ours.db'));
  const db = new SqliteEventStoreDb(database);
  return await measureLoads(parameters, {
    fill(stream, count) {
      const transactionId = newId();
      return db.append(`Account/${stream}`, transactionId, 0, eventsAfter(`${stream}`, 0, count, transactionId));
    },
    async load(stream) {
      const { events } = await db.load(`Account/${stream}`, { from: 1, to: Number.MAX_SAFE_INTEGER, limit: 1_000 });
      return events.reduce((sum, { payload }) => sum + (payload as Payload).amount, 0);
    },
  });
}
