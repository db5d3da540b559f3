import type { Event } from '@event-driven-io/emmett';
import { getSQLiteEventStore, sqliteConnection } from '@event-driven-io/emmett-sqlite';
import { measureLoads } from '../../lib/loads.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

type Deposited = Event<'Deposited', Payload>;

export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  const fileName = folder.file('emmett.db');
  const connection = sqliteConnection({ fileName });
  const store = getSQLiteEventStore({ fileName, connectionOptions: { singleton: true, connection } });
  await store.schema.migrate();
  return await measureLoads(parameters, {
    fill: (stream, count) =>
      store.appendToStream<Deposited>(
        `account-${stream}`,
        Array.from({ length: count }, () => ({ type: 'Deposited', data: PAYLOAD })),
      ),
    async load(stream) {
      const { events } = await store.readStream<Deposited>(`account-${stream}`);
      return events.reduce((sum, { data }) => sum + data.amount, 0);
    },
  });
}
