import { mkdirSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { sqlite, SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { startBank, type AccountCommands } from './support/bank.ts';
import { Folder } from './support/files.ts';

async function eventsIn(file: string): Promise<number> {
  await using database = new SqliteDatabase(file);
  return (await new SqliteEventStoreDb(database).readAll(undefined, 10_000)).events.length;
}

test('a copy made while the program writes is whole, opens, and goes on', async () => {
  using folder = new Folder();
  mkdirSync(folder.file('copies'));
  const handled: number[] = [];
  const context = await startBank(sqlite(folder.file()), (amount) => handled.push(amount));
  const commands = context.commands<AccountCommands>();
  const sending = Promise.all(
    Array.from({ length: 300 }, (_, i) => commands.send('Deposit', { id: String(i % 7), amount: i })),
  );
  await eventually(() => handled.length > 20);
  const source = new DatabaseSync(folder.file());
  // From a shell the same is: sqlite3 shop.db "VACUUM INTO 'copy.db'"
  source.exec(`VACUUM INTO '${folder.file('copies/one.db')}'`);
  await backup(source, folder.file('copies/other.db'));
  source.close();
  await sending;
  await eventually(() => handled.length === 300);
  await context.stop();

  expect(await eventsIn(folder.file())).toBe(300);
  for (const copy of [folder.file('copies/one.db'), folder.file('copies/other.db')]) {
    const heard: number[] = [];
    const restored = await startBank(sqlite(copy), (amount) => heard.push(amount));
    // What had been sent and not been handled when the copy was made is handled in the copy.
    await eventually(
      async () => {
        const { ready, inFlight, delayed } = await restored.figures('accounts');
        return ready + inFlight + delayed === 0;
      },
      { timeoutMs: 60_000 },
    );
    await restored.stop();
    expect(await eventsIn(copy)).toBeGreaterThan(20);
  }
}, 120_000);
