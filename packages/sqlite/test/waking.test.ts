import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { SqliteDatabase, SqliteTransport } from '@ndomain/sqlite';
import { expect, test } from 'vitest';
import { Folder } from './support/files.ts';

const SENDER = path.join(import.meta.dirname, 'support', 'sender.ts');
/** What the machine's other work may add, at most, to the median of the waits. */
const WITHIN_MS = 20;

test('a send in another process wakes a waiting receiver within 20 ms', async () => {
  using folder = new Folder();
  await using database = new SqliteDatabase(folder.file());
  const receiver = new SqliteTransport(database).receiver('sales', { leaseMs: 60_000 });
  const sender = spawn(process.execPath, [SENDER, folder.file()], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: sender.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const signal = AbortSignal.timeout(8_000);
  const waits: number[] = [];
  for (let i = 0; i < 21; i++) {
    const waiting = receiver.receive(1, signal).then((received) => ({ received, at: Date.now() }));
    sender.stdin.write(`${i}\n`);
    const { received, at } = await waiting;
    const sentAt = Number((await lines.next()).value);
    waits.push(at - sentAt);
    await received[0]?.commit();
  }
  sender.stdin.end();
  await once(sender, 'exit');
  const [median = Infinity] = waits.toSorted((a, b) => a - b).slice(10);
  expect(median).toBeLessThanOrEqual(WITHIN_MS);
});
