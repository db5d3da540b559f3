import { readFileSync } from 'node:fs';
import { DomainContext } from '@ndomain/core';
import { sqlite } from '@ndomain/sqlite';
import { Account, type AccountCommands, type AccountEvents } from '../../lib/account.ts';
import { withCallers } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

/** The layout of the log: https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** How many commits stand in the log: their last frame says how large the file is then, all others say 0. */
function commitsIn(log: string): number {
  const bytes = readFileSync(log);
  const frameBytes = FRAME_HEADER_BYTES + bytes.readUInt32BE(8);
  const salts = bytes.subarray(16, 24);
  let commits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
    // What an earlier, longer log has left behind it.
    if (!bytes.subarray(at + 8, at + 16).equals(salts)) break;
    if (bytes.readUInt32BE(at + 4) !== 0) commits++;
  }
  return commits;
}

export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const [single, handledSingle] = await commitsOf(1, count);
  const [many, handledMany] = await commitsOf(50, count);
  return {
    values: { 'one command at a time': single / count, '50 commands at once': many / count },
    proof: { 'events handled': [handledSingle + handledMany, 2 * count] },
  };
}

/** The commits that so many commands take, when so many callers wait for theirs to be through. */
async function commitsOf(callers: number, count: number): Promise<[commits: number, handled: number]> {
  using folder = new TempFolder();
  const file = folder.file('operations.db');
  const waiting = new Map<string, () => void>();
  let handled = 0;
  const context: DomainContext = await DomainContext.configure()
    .with(sqlite(file))
    .eventSourcing((c) => c.bind(Account))
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('accounts').concurrency(50);
        p.commands<AccountCommands>().handle('Deposit', async ({ accountId, amount, note, at }) => {
          await context.repository(Account).createOrUpdate(accountId, (account) => account.deposit(amount, note, at));
        });
        p.events<AccountEvents>().handle('Deposited', async (_, { aggregateId }) => {
          handled++;
          waiting.get(aggregateId)?.();
        });
      }),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  const before = commitsIn(`${file}-wal`);
  await withCallers(callers, count, async (index) => {
    const through = new Promise<void>((resolve) => waiting.set(String(index), resolve));
    await commands.send('Deposit', { ...PAYLOAD, accountId: String(index) });
    await through;
  });
  const commits = commitsIn(`${file}-wal`) - before;
  await context.stop();
  return [commits, handled];
}
