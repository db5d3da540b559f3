/* oxlint-disable no-console */
/*
 * How much memory a program takes on a large file: `node measure/memory.ts [count]`, in this package. It makes a stream of so many
 * events and a queue of so many messages (a million unless told otherwise) in one process, then loads the stream in a second one and
 * works on the queue in a third, and prints the most memory that each had at any moment, in MiB, as one JSON object.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DomainContext, newId, type AggregateEvent } from '@ndomain/core';
import { sqlite, SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';

type Notes = { Noted: { accountId: string; amount: number; note: string; at: string } };

/** About 120 bytes as JSON. */
const PAYLOAD = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01',
};
const BATCH = 1_000;
/** So many of those that wait are handled, to see that the rest takes no memory. */
const HANDLED = 20_000;

function startNotes(file: string, onNoted: () => void): Promise<DomainContext> {
  return DomainContext.configure()
    .with(sqlite(file))
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('notes').concurrency(50);
        p.commands<Notes>().handle('Noted', async () => onNoted());
      }),
    )
    .start();
}

const ROLES: Record<string, (file: string, count: number) => Promise<void>> = {
  async make(file, count) {
    {
      await using database = new SqliteDatabase(file);
      const db = new SqliteEventStoreDb(database);
      for (let version = 0; version < count; version += BATCH) {
        const transactionId = newId();
        const events = Array.from({ length: BATCH }, (_, i): AggregateEvent => {
          const sequenceId = version + i + 1;
          const event = { aggregateId: '1', sequenceId, date: new Date(), name: 'Noted', revision: 1 };
          return { ...event, payload: PAYLOAD, transactionId, metadata: {} };
        });
        await db.append('Account/1', transactionId, version, events);
        await db.commit('Account/1', transactionId);
      }
    }
    // The context makes the messages known; what it would handle goes to nobody yet.
    const context = await startNotes(file, () => undefined);
    for (const processor of context.processors) await processor.stop();
    const commands = context.commands<Notes>();
    for (let sent = 0; sent < count; sent += BATCH) {
      await commands.sendAll(Array.from({ length: BATCH }, () => ({ name: 'Noted', payload: PAYLOAD }) as const));
    }
    await context.stop();
  },

  async load(file, count) {
    await using database = new SqliteDatabase(file);
    const db = new SqliteEventStoreDb(database);
    let loaded = 0;
    while (loaded < count) {
      const page = await db.load('Account/1', { from: loaded + 1, to: count, limit: BATCH });
      loaded += page.events.length;
    }
  },

  async handle(file, count) {
    let handled = 0;
    const some = Math.min(HANDLED, count);
    const { promise, resolve } = Promise.withResolvers<void>();
    const context = await startNotes(file, () => {
      if (++handled === some) resolve();
    });
    await promise;
    await context.stop();
  },
};

async function main(): Promise<void> {
  const [role = '1000000', file = '', count = ''] = process.argv.slice(2);
  const run = ROLES[role];
  if (run !== undefined) {
    await run(file, Number(count));
    console.log(Math.round(process.resourceUsage().maxRSS / 1_024));
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'ndomain-measure-'));
  try {
    const result: Record<string, number> = { count: Number(role) };
    for (const name of Object.keys(ROLES)) {
      const args = [fileURLToPath(import.meta.url), name, path.join(folder, 'large.db'), role];
      result[name] = Number(execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args]));
    }
    console.log(JSON.stringify(result));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
