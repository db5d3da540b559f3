import { getSQLiteEventStore, sqliteConnection } from '@event-driven-io/emmett-sqlite';
import type { Event } from '@event-driven-io/emmett';
import { measureAppends } from '../../lib/appends.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

type Deposited = Event<'Deposited', Payload>;

/**
 * As in https://event-driven-io.github.io/emmett/getting-started.html, on one connection that stays open: without one it opens the file for each
 * operation, which is slower and fails with SQLITE_BUSY as soon as two callers meet. Its driver syncs as SQLite is built to, which is FULL.
 */
export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  const fileName = folder.file('emmett.db');
  const connection = sqliteConnection({ fileName });
  const synchronous = parameters['synchronous'] ?? 'FULL';
  await connection.command(`PRAGMA synchronous = ${String(synchronous)}`);
  const store = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
  await store.schema.migrate();
  return await measureAppends(parameters, {
    append: (id, version) =>
      store.appendToStream<Deposited>(`account-${id}`, [{ type: 'Deposited', data: PAYLOAD }], {
        expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version),
      }),
    async stored() {
      const found = await connection.querySingle<{ n: number }>('SELECT count(*) AS n FROM emt_messages');
      return found?.n ?? 0;
    },
  });
}
