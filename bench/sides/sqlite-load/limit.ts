import { newId } from '@ndomain/core';
import { measureLoads } from '../../lib/loads.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { RawEvents } from '../../lib/raw-events.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  using events = await RawEvents.create(folder.file('raw.db'));
  const select = events.connection.prepare(
    `SELECT sequence_id, date, name, revision, payload, transaction_id, metadata
     FROM event WHERE stream = (SELECT stream FROM stream WHERE stream_id = ?) ORDER BY sequence_id`,
  );
  return await measureLoads(parameters, {
    fill(stream, count) {
      const transactionId = newId();
      events.connection.exec('BEGIN');
      const id = events.newStream(`Account/${stream}`);
      for (let i = 1; i <= count; i++) events.insert(id, i, PAYLOAD, transactionId);
      events.connection.exec('COMMIT');
    },
    load(stream) {
      let sum = 0;
      for (const row of select.all(`Account/${stream}`)) sum += (JSON.parse(String(row['payload'])) as Payload).amount;
      return sum;
    },
  });
}
