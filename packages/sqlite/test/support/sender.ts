/** A process that sends one message for each line of its input: `node sender.ts FILE`. Says when it is ready, and when each is sent. */
import { createInterface } from 'node:readline';
import { SqliteDatabase, SqliteTransport } from '@ndomain/sqlite';

const [, , file = ''] = process.argv;
const database = new SqliteDatabase(file);
const transport = new SqliteTransport(database);
process.stdout.write('ready\n');
for await (const id of createInterface({ input: process.stdin })) {
  await transport.send([{ id, name: 'Sent', payload: {}, headers: {}, endpoint: 'sales', component: 'c' }]);
  process.stdout.write(`${Date.now()}\n`);
}
await database[Symbol.asyncDispose]();
