/* oxlint-disable no-console */
/*
 * How fast the core is in process, without any backend: `npm run measure`. Each figure is the median of five rounds after a
 * warm-up, on one thread, beside the least code that does the bare work.
 */
import { setImmediate as turn } from 'node:timers/promises';
import {
  Aggregate,
  AggregateDefinition,
  decode,
  DomainContext,
  encode,
  State,
  type AggregateEvent,
  type Mutates,
} from '@ndomain/core';

type AccountEvents = { Deposited: { amount: number; note: string; at: string } };
type AccountCommands = { Deposit: { accountId: string; amount: number; note: string; at: string } };

class AccountState extends State implements Mutates<AccountEvents> {
  balance = 0;
  onDeposited(event: AccountEvents['Deposited']): void {
    this.balance += event.amount;
  }
}

class Account extends Aggregate<AccountState, AccountEvents> {
  static readonly State = AccountState;
  deposit(amount: number, note: string, at: string): void {
    this.on('Deposited', { amount, note, at });
  }
}

/** About 120 bytes as JSON. */
const COMMAND = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01T08:26:00Z',
};

interface Figure {
  readonly what: string;
  readonly perSecond: number;
  readonly goal: number | undefined;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

async function measure(
  what: string,
  count: number,
  goal: number | undefined,
  round: () => Promise<void> | void,
): Promise<Figure> {
  await round();
  await round();
  const rates: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await round();
    rates.push((count * 1000) / (performance.now() - start));
  }
  const perSecond = Math.round(median(rates));
  const verdict =
    goal === undefined
      ? ''
      : perSecond >= goal
        ? `goal ${goal.toLocaleString('en')}: met`
        : `goal ${goal.toLocaleString('en')}: MISSED`;
  console.log(`${what.padEnd(58)} ${perSecond.toLocaleString('en').padStart(12)}/s  ${verdict}`);
  return { what, perSecond, goal };
}

/** A sender that does not run away: at most so many messages are on their way at a time. */
const MOST_UNFINISHED = 1_000;

/** Sends `count` messages, `batch` at a time, and resolves when `handled()` says that all are through. */
async function sendAll(count: number, handled: () => number, send: (index: number) => Promise<unknown>): Promise<void> {
  for (let sent = 0; sent < count; sent += 100) {
    while (sent - handled() > MOST_UNFINISHED) await turn();
    await Promise.all(Array.from({ length: 100 }, (_, i) => send(sent + i)));
  }
  while (handled() < count) await turn();
}

async function sendToHandler(): Promise<Figure> {
  const count = 200_000;
  let handled = 0;
  const context = await DomainContext.configure()
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('accounts')
          .concurrency(50)
          .commands<AccountCommands>()
          .handle('Deposit', async () => void handled++),
      ),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  const figure = await measure('send → handler → commit', count, 300_000, async () => {
    handled = 0;
    await sendAll(
      count,
      () => handled,
      () => commands.send('Deposit', COMMAND),
    );
  });
  await context.stop();
  return figure;
}

async function commandToHandler(): Promise<Figure> {
  const count = 50_000;
  let handled = 0;
  let round = 0;
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Account))
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('accounts').concurrency(50);
        p.commands<AccountCommands>().handle('Deposit', async ({ accountId, amount, note, at }) => {
          await context.repository(Account).createOrUpdate(accountId, (account) => account.deposit(amount, note, at));
        });
        p.events<AccountEvents>().handle('Deposited', async () => void handled++);
      }),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  const figure = await measure('command → aggregate → event → handler', count, 100_000, async () => {
    handled = 0;
    round++;
    await sendAll(
      count,
      () => handled,
      (i) => commands.send('Deposit', { ...COMMAND, accountId: `${round}-${i % 10_000}` }),
    );
  });
  await context.stop();
  return figure;
}

async function repositoryUpdate(): Promise<Figure> {
  const count = 100_000;
  let round = 0;
  await using context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Account))
    .start();
  const accounts = context.repository(Account);
  return await measure('repository.update, streams of up to 5 events', count, 150_000, async () => {
    round++;
    for (let done = 0; done < count; done += 50) {
      const batch = [];
      for (let i = 0; i < 50; i++) {
        const id = `${round}-${(done + i) % (count / 5)}`;
        batch.push(accounts.createOrUpdate(id, (account) => account.deposit(250, COMMAND.note, COMMAND.at)));
      }
      await Promise.all(batch);
    }
  });
}

function rebuild(): Promise<Figure> {
  const count = 1_000_000;
  const definition = new AggregateDefinition(Account);
  const events: AggregateEvent[] = Array.from({ length: count }, (_, i) => ({
    aggregateId: 'a',
    sequenceId: i + 1,
    date: new Date(0),
    name: 'Deposited',
    revision: 1,
    payload: { amount: 1, note: COMMAND.note, at: COMMAND.at },
    transactionId: 't',
    metadata: {},
  }));
  return measure('rebuilding a State, events', count, 10_000_000, () => {
    if (definition.fromEvents('a', events).state.balance !== count) throw new Error('wrong balance');
  });
}

async function payloads(): Promise<Figure[]> {
  const count = 200_000;
  const json = await measure('JSON.stringify + JSON.parse (the limit of the next)', count, undefined, () => {
    for (let i = 0; i < count; i++) JSON.parse(JSON.stringify(COMMAND));
  });
  const ours = await measure('encode + decode of a plain payload', count, Math.round(json.perSecond / 1.3), () => {
    for (let i = 0; i < count; i++) decode(encode(COMMAND));
  });
  return [json, ours];
}

const figures = [
  await sendToHandler(),
  await commandToHandler(),
  await repositoryUpdate(),
  await rebuild(),
  ...(await payloads()),
];
console.log(JSON.stringify({ node: process.version, figures }));
if (figures.some(({ perSecond, goal }) => goal !== undefined && perSecond < goal)) process.exitCode = 1;
