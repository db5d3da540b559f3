import { DatabaseSync } from 'node:sqlite';
import { DomainContext, newId, silentLogger } from '@ndomain/core';
import { sqlite } from '@ndomain/sqlite';
import { measureAppends } from '../../lib/appends.ts';
import { eventsAfter } from '../../lib/events.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

/** As a program appends: what nobody subscribes to is published, and known to be, in the same transaction. */
export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  const file = folder.file('ours.db');
  await using context = await DomainContext.configure()
    .with(sqlite(file))
    .logging((c) => c.logger(silentLogger))
    .start();
  return await measureAppends(parameters, {
    append(id, version) {
      const transactionId = newId();
      return context.eventStore.append(
        `Account/${id}`,
        transactionId,
        version,
        eventsAfter(id, version, 1, transactionId),
      );
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
