import { getSQLiteEventStore, sqliteConnection } from '@event-driven-io/emmett-sqlite';
import { numberOf } from '../../lib/parameters.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

const SEQUENTIAL = 250;

/**
 * What its own benchmark measures: appends to streams of one event, one after the other. On one connection that stays open, as the driver that
 * the benchmark names has it; the published version opens the file for each operation where only the file is said.
 */
export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  const fileName = folder.file('emmett.db');
  const connectionOptions = { singleton: true, connection: sqliteConnection({ fileName }) } as const;
  const store = getSQLiteEventStore({ fileName, connectionOptions, schema: { autoMigration: 'None' } });
  await store.schema.migrate();
  let appended = 0;
  const value = await rate(
    async () => {
      for (let i = 0; i < SEQUENTIAL; i++) {
        const data = { id: 1, description: 'something weird' };
        await store.appendToStream(`seq-${appended++}`, [{ type: 'DidSomething', data }]);
      }
      return SEQUENTIAL;
    },
    numberOf(parameters, 'forMs'),
  );
  const { currentStreamVersion } = await store.readStream(`seq-${appended - 1}`);
  return { values: { '': value }, proof: { 'events in the last stream': [String(currentStreamVersion), '1'] } };
}
