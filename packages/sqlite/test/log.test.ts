import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { AggregateEvent, DomainContext, PartHealth } from '@ndomain/core';
import { sqlite } from '@ndomain/sqlite';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { startBank, type AccountCommands } from './support/bank.ts';
import { Folder } from './support/files.ts';

const MIB = 1_048_576;
const SMALL = 4 * MIB;
const PATIENCE = { timeoutMs: 30_000, everyMs: 100 };

function logOf(folder: Folder): number {
  return statSync(`${folder.file()}-wal`).size;
}

/** Stores so many events, a thousand at once. */
async function store({ eventStore }: DomainContext, count: number): Promise<void> {
  for (let version = 0; version < count; version += 1_000) {
    const transactionId = `t${version}`;
    const events = Array.from({ length: 1_000 }, (_, i): AggregateEvent => {
      const about = { aggregateId: 'long', sequenceId: version + i + 1, date: new Date(0), name: 'Noted', revision: 1 };
      return { ...about, payload: { amount: i, note: 'WHITE HANGING HEART' }, transactionId, metadata: {} };
    });
    await eventStore.append('Note/long', transactionId, version, events);
  }
}

function healthOf(context: DomainContext): PartHealth | undefined {
  return context.health().parts.find(({ part }) => part.startsWith('file '));
}

test('a reader that holds a transaction open shows in the health, and the log is cut when it has ended, while the program runs', async () => {
  using folder = new Folder();
  const context = await startBank(sqlite({ path: folder.file(), durability: 'normal' }), () => undefined);
  expect(healthOf(context)).toMatchObject({ part: `file ${folder.file()}`, state: 'healthy' });
  const reader = new DatabaseSync(folder.file());
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM event').get();

  await store(context, 100_000);
  const held = logOf(folder);
  expect(held).toBeGreaterThan(8 * MIB);
  await eventually(() => healthOf(context)?.state === 'failing', PATIENCE);
  const { lastError } = healthOf(context) ?? {};
  expect(lastError?.message).toMatch(/^The write-ahead log has \d+ MiB, and since \S+Z it could not be written back/);
  expect(lastError?.message).toContain(`${Math.round(logOf(folder) / MIB)} MiB`);
  expect(context.health().state).toBe('failing');

  reader.exec('COMMIT');
  reader.close();
  await eventually(() => healthOf(context)?.state === 'healthy' && logOf(folder) <= SMALL, PATIENCE);
  await context.stop();
}, 90_000);

test('the log is cut when the program has become calm, also while it writes a little', async () => {
  using folder = new Folder();
  let last = 0;
  const context = await startBank(sqlite({ path: folder.file(), durability: 'normal' }), (amount) => (last = amount));
  await store(context, 60_000);
  expect(logOf(folder)).toBeGreaterThan(SMALL);
  let sent = 0;
  await eventually(
    async () => {
      await context.commands<AccountCommands>().send('Deposit', { id: '1', amount: ++sent });
      return logOf(folder) <= SMALL;
    },
    { timeoutMs: 30_000, everyMs: 250 },
  );
  await eventually(() => last === sent);
  expect(healthOf(context)?.state).toBe('healthy');
  await context.stop();
}, 60_000);
