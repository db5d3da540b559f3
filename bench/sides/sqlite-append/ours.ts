import { DatabaseSync } from 'node:sqlite';
import { newId } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { measureAppends } from '../../lib/appends.ts';
import { eventsAfter } from '../../lib/events.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  const file = folder.file('ours.db');
  await using database = new SqliteDatabase(file);
  const db = new SqliteEventStoreDb(database);
  return await measureAppends(parameters, {
    append(id, version) {
      const transactionId = newId();
      return db.append(`Account/${id}`, transactionId, version, eventsAfter(id, version, 1, transactionId));
    },
    stored: () => countOf(file, 'event'),
  });
}

/** Read by another connection, so only what is committed counts. */
function countOf(file: string, table: string): number {
  const connection = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(connection.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  } finally {
    connection.close();
  }
}
