import { DatabaseSync } from 'node:sqlite';
import { sqlite } from '@ndomain/sqlite';
import { eventually } from '@ndomain/testing';
import { expect, test } from 'vitest';
import { startBank, type AccountCommands } from '../support/bank.ts';
import { Folder } from '../support/files.ts';

test('G8 a message whose row is damaged becomes a dead letter with its raw body, and the others are handled', async () => {
  using folder = new Folder();
  const heard: number[] = [];
  const backend = sqlite({ path: folder.file(), durability: 'normal' });
  const before = await startBank(backend, (amount) => heard.push(amount));
  await before
    .commands<AccountCommands>()
    .send('Deposit', { id: '1', amount: 1 }, { deliverAt: new Date(Date.now() + 3_600_000) });
  await before.stop();

  const raw = new DatabaseSync(folder.file());
  raw.exec(`UPDATE message SET payload = '{"half":'; UPDATE delivery SET visible_at = 0`);
  raw.close();

  const context = await startBank(backend, (amount) => heard.push(amount));
  await context.commands<AccountCommands>().send('Deposit', { id: '1', amount: 2 });
  await eventually(async () => heard.length === 1 && (await context.figures('accounts')).dead === 1);
  expect(heard).toEqual([2]);
  const [letter] = await context.deadLetters('accounts').list();
  expect(letter).toMatchObject({ raw: '{"half":', reason: { code: 'ND_BROKEN_MESSAGE' } });
  await context.stop();
});
