/* oxlint-disable no-console */
/*
 * How fast everything durable in one file is, beside what SQLite itself does with the same table in the same run:
 * `npm run measure`, in this package. Each figure is the median of five rounds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Aggregate, DomainContext, encode, State, type AggregateEvent, type Mutates } from '@ndomain/core';
import { sqlite, SqliteDatabase, SqliteEventStoreDb, SqliteTransport } from '@ndomain/sqlite';

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
const PAYLOAD = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01',
};
const CALLERS = 50;
const PAGE = 1_000;

const folder = mkdtempSync(path.join(tmpdir(), 'ndomain-measure-'));
let files = 0;
let transactions = 0;
const newFile = (): string => path.join(folder, `${++files}.db`);
const newTransaction = (): string => `measure-${(transactions++).toString(36).padStart(8, '0')}`;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const perSecond = (count: number, since: number): number => (count * 1_000) / (performance.now() - since);

function event(aggregateId: string, sequenceId: number, transactionId: string): AggregateEvent {
  const date = new Date();
  return {
    aggregateId,
    sequenceId,
    date,
    name: 'Deposited',
    revision: 1,
    payload: PAYLOAD,
    transactionId,
    metadata: {},
  };
}

/** Inserts into the table of events, with its indices, without any of our code. */
function raw(file: string, transactionCount: number, rows: number): number {
  const connection = new DatabaseSync(file);
  connection.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000');
  const insert = connection.prepare(
    `INSERT INTO event (stream, sequence_id, date, name, revision, payload, transaction_id, metadata)
     VALUES (?, ?, ?, 'Deposited', 1, ?, ?, '{}')`,
  );
  const streams = Array.from({ length: CALLERS }, () =>
    Number(connection.prepare('INSERT INTO stream (stream_id) VALUES (?)').run(newTransaction()).lastInsertRowid),
  );
  const start = performance.now();
  for (let i = 0, n = 0; i < transactionCount; i++) {
    connection.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < rows; row++, n++) {
      const stream = streams[n % CALLERS] ?? 0;
      insert.run(stream, 1 + Math.floor(n / CALLERS), Date.now(), encode(PAYLOAD), newTransaction());
    }
    connection.exec('COMMIT');
  }
  const rate = perSecond(transactionCount * rows, start);
  connection.close();
  return rate;
}

/** As a program appends whose messages go into the same file: here nobody listens, so there are none. */
async function appends({ db, transport }: Parts, callers: number, each: number): Promise<number> {
  const round = newTransaction();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      const id = `${round}-${caller}`;
      for (let version = 0; version < each; version++) {
        const transaction = newTransaction();
        const events = [event(id, version + 1, transaction)];
        await db.appendAndSend(`Account/${id}`, transaction, version, events, transport.enlist([]));
      }
    }),
  );
  return perSecond(callers * each, start);
}

interface Parts {
  readonly db: SqliteEventStoreDb;
  readonly transport: SqliteTransport;
}

async function loading(db: SqliteEventStoreDb, count: number): Promise<number> {
  const start = performance.now();
  for (let from = 1; from <= count; from += PAGE) await db.load('Account/long', { from, to: count, limit: PAGE });
  return perSecond(count, start);
}

async function pipeline(count: number): Promise<number> {
  let handled = 0;
  let done = (): void => undefined;
  const context: DomainContext = await DomainContext.configure()
    .with(sqlite(newFile()))
    .eventSourcing((c) => c.bind(Account).cache({ capacity: 20_000 }))
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('accounts').concurrency(400);
        p.commands<AccountCommands>().handle('Deposit', async ({ accountId, amount, note, at }) => {
          await context.repository(Account).createOrUpdate(accountId, (account) => account.deposit(amount, note, at));
        });
        p.events<AccountEvents>().handle('Deposited', async () => {
          if (++handled === count) done();
        });
      }),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  const all = new Promise<void>((resolve) => (done = resolve));
  const start = performance.now();
  for (let sent = 0; sent < count; sent += 1_000) {
    await commands.sendAll(
      Array.from({ length: 1_000 }, (_, i) => ({
        name: 'Deposit' as const,
        payload: { ...PAYLOAD, accountId: `account-${(sent + i) % 5_000}` },
      })),
    );
  }
  await all;
  const rate = perSecond(count, start);
  await context.stop();
  return rate;
}

function report(what: string, rates: readonly number[], goal: number, limit?: readonly number[]): void {
  const rate = median(rates);
  const of = limit === undefined ? undefined : rate / median(limit);
  const verdict = (of ?? rate) >= goal ? 'met' : 'MISSED';
  const shown =
    of === undefined ? `goal ${goal.toLocaleString('en')}` : `${Math.round(of * 100)} % of raw, goal ${goal * 100} %`;
  console.log(`${what.padEnd(48)} ${Math.round(rate).toLocaleString('en').padStart(9)}/s  ${shown}: ${verdict}`);
}

const ROUNDS = [1, 2, 3, 4, 5];
try {
  const file = newFile();
  await using database = new SqliteDatabase(file);
  const db = new SqliteEventStoreDb(database);
  const parts = { db, transport: new SqliteTransport(database) };
  await appends(parts, CALLERS, 100);
  const [rawSingle, rawHundred, single, fifty]: number[][] = [[], [], [], []];
  for (const _ of ROUNDS) {
    rawSingle?.push(raw(file, 1_000, 1));
    single?.push(await appends(parts, 1, 1_000));
    rawHundred?.push(raw(file, 200, 100));
    fifty?.push(await appends(parts, CALLERS, 400));
  }
  report('raw: transactions of one row', rawSingle ?? [], 0);
  report('raw: rows in transactions of 100', rawHundred ?? [], 0);
  report('append, one caller', single ?? [], 0.8, rawSingle);
  report('append, 50 callers', fifty ?? [], 0.5, rawHundred);

  const count = 200_000;
  for (let version = 0; version < count; version += 10_000) {
    const transaction = newTransaction();
    const events = Array.from({ length: 10_000 }, (_, i) => event('long', version + i + 1, transaction));
    await db.append('Account/long', transaction, version, events);
  }
  const loads: number[] = [];
  for (const _ of ROUNDS) loads.push(await loading(db, count));
  report('load, in pages of 1,000', loads, 500_000);

  const commands: number[] = [];
  for (const _ of ROUNDS) commands.push(await pipeline(20_000));
  report('command → aggregate → event → handler', commands, 15_000);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
