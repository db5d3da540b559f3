/* oxlint-disable no-console */
/*
 * How fast queues in Redis are, beside the least code that moves messages through the same structure, on the same server in the same run:
 * `npm run measure`, in this package; `node measure/throughput.ts processing` for one part. It starts a server of its own, in memory alone.
 * Each figure is the median of five rounds, which alternate with those of what they are compared with.
 */
import { Aggregate, DomainContext, State, type Mutates, type Transport } from '@ndomain/core';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { RedisServer } from '@ndomain/testing/servers';
import { BareLoop } from './bare-loop.ts';
import { at, deposit, median, PAYLOAD, PAYLOAD_BYTES, rateOf } from './workload.ts';

type AccountEvents = { Deposited: typeof PAYLOAD };
type AccountCommands = { Deposit: typeof PAYLOAD };

class AccountState extends State implements Mutates<AccountEvents> {
  balance = 0;
  onDeposited(event: AccountEvents['Deposited']): void {
    this.balance += event.amount;
  }
}

class Account extends Aggregate<AccountState, AccountEvents> {
  static readonly State = AccountState;
  deposit(deposit: AccountCommands['Deposit']): void {
    this.on('Deposited', deposit);
  }
}

const ROUNDS = 5;
const COUNT = 100_000;
const CONCURRENCY = 50;
const MILLION = 1_000_000;
const MINUTE_MS = 60_000;

let prefixes = 0;
await using server = await RedisServer.start();

function connect(): RedisConnection {
  return new RedisConnection(server.url, { prefix: `measure-${++prefixes}` });
}

async function info(connection: RedisConnection, section: string, name: string): Promise<number> {
  const text = await connection.command((client) => client.info(section));
  return Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1]);
}

/** Sends so many, a thousand at once. */
async function sendBatches(transport: Transport, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1_000) {
    await transport.send(Array.from({ length: 1_000 }, () => deposit('accounts')));
  }
}

/** Handles what waits, and calls `onHandled` with each one's number. */
async function handleAll(connection: RedisConnection, count: number, onHandled?: (nth: number) => void): Promise<void> {
  let handled = 0;
  const all = Promise.withResolvers<void>();
  const context = await DomainContext.configure()
    .bus((c) =>
      c.transport(new RedisTransport(connection)).withProcessor((p) =>
        p
          .endpoint('accounts')
          .concurrency(CONCURRENCY)
          .commands<AccountCommands>()
          .handle('Deposit', async () => {
            onHandled?.(++handled);
            if (onHandled === undefined) handled++;
            if (handled === count) all.resolve();
          }),
      ),
    )
    .start();
  await all.promise;
  await context.stop();
}

function report(what: string, value: string, goal: string, isMet: boolean): void {
  console.log(`${what.padEnd(52)} ${value.padStart(16)}  goal ${goal}: ${isMet ? 'met' : 'MISSED'}`);
}

const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;

async function processing(): Promise<void> {
  const [bareSends, bares, sends, handled]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round <= ROUNDS; round++) {
    await using connection = connect();
    const bare = new BareLoop(connection);
    const rates = [
      await rateOf(COUNT, () => bare.send(COUNT)),
      await rateOf(COUNT, () => bare.drain(COUNT)),
      await rateOf(COUNT, () => sendBatches(new RedisTransport(connection), COUNT)),
      await rateOf(COUNT, () => handleAll(connection, COUNT)),
    ];
    // The first is for warming up.
    if (round > 0) for (const [i, all] of [bareSends, bares, sends, handled].entries()) all.push(rates[i] ?? 0);
  }
  console.log(`${'bare: sends of 1,000'.padEnd(52)} ${perSecond(median(bareSends)).padStart(16)}`);
  console.log(`${'bare: receives and commits of 200'.padEnd(52)} ${perSecond(median(bares)).padStart(16)}`);
  const ofSends = median(sends) / median(bareSends);
  const of = median(handled) / median(bares);
  report('sends of 1,000', perSecond(median(sends)), `60 % of bare, is ${Math.round(ofSends * 100)} %`, ofSends >= 0.6);
  report(
    `receive → handler → commit, ${CONCURRENCY} at once`,
    perSecond(median(handled)),
    `60 % of bare, is ${Math.round(of * 100)} %`,
    of >= 0.6,
  );
}

async function singles(): Promise<void> {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await using connection = connect();
    const transport = new RedisTransport(connection);
    const rate = await rateOf(COUNT, async () => {
      for (let sent = 0; sent < COUNT; sent += 100) {
        await Promise.all(Array.from({ length: 100 }, () => transport.send([deposit('accounts')])));
      }
    });
    if (round > 0) rates.push(rate);
  }
  report('sends of one, 100 at once', perSecond(median(rates)), '60,000/s', median(rates) >= 60_000);
}

async function pipeline(): Promise<void> {
  const count = 50_000;
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await using connection = connect();
    let handled = 0;
    const all = Promise.withResolvers<void>();
    const context: DomainContext = await DomainContext.configure()
      .eventSourcing((c) => c.bind(Account).cache({ capacity: 20_000 }))
      .bus((c) =>
        c.transport(new RedisTransport(connection)).withProcessor((p) => {
          p.endpoint('accounts').concurrency(200);
          p.commands<AccountCommands>().handle('Deposit', async (deposit) => {
            await context.repository(Account).createOrUpdate(deposit.accountId, (account) => account.deposit(deposit));
          });
          p.events<AccountEvents>().handle('Deposited', async () => {
            if (++handled === count) all.resolve();
          });
        }),
      )
      .start();
    const commands = context.commands<AccountCommands>();
    const rate = await rateOf(count, async () => {
      for (let sent = 0; sent < count; sent += 1_000) {
        await commands.sendAll(
          Array.from({ length: 1_000 }, (_, i) => ({
            name: 'Deposit' as const,
            payload: { ...PAYLOAD, accountId: `account-${(sent + i) % 5_000}` },
          })),
        );
      }
      await all.promise;
    });
    await context.stop();
    if (round > 0) rates.push(rate);
  }
  report('command → aggregate → event → handler', perSecond(median(rates)), '25,000/s', median(rates) >= 25_000);
}

async function latency(): Promise<void> {
  await using connection = connect();
  let arrived = (): void => undefined;
  const context = await DomainContext.configure()
    .bus((c) =>
      c.transport(new RedisTransport(connection)).withProcessor((p) =>
        p
          .endpoint('accounts')
          .commands<AccountCommands>()
          .handle('Deposit', () => arrived()),
      ),
    )
    .start();
  const commands = context.commands<AccountCommands>();
  const waits: number[] = [];
  for (let i = 0; i < 2_200; i++) {
    const start = performance.now();
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    await commands.send('Deposit', PAYLOAD);
    await arrival;
    if (i >= 200) waits.push(performance.now() - start);
    // The endpoint is idle again when it waits.
    while ((await info(connection, 'clients', 'blocked_clients')) === 0);
  }
  await context.stop();
  const [middle, late] = [at(waits, 0.5), at(waits, 0.99)];
  report('idle: send → handler, p50', `${middle.toFixed(2)} ms`, '1 ms', middle < 1);
  report('idle: send → handler, p99', `${late.toFixed(2)} ms`, '5 ms', late < 5);
}

async function million(): Promise<void> {
  await using connection = connect();
  const before = await info(connection, 'memory', 'used_memory');
  await sendBatches(new RedisTransport(connection), MILLION);
  const each = ((await info(connection, 'memory', 'used_memory')) - before) / MILLION;
  const most = 1.5 * PAYLOAD_BYTES + 200;
  report('1,000,000 wait: memory of each', `${each.toFixed(0)} bytes`, `${most} bytes`, each <= most);
  const tenth = MILLION / 10;
  const marks: number[] = [];
  await handleAll(connection, MILLION, (nth) => {
    if (nth % tenth === 1 || nth === MILLION) marks.push(performance.now());
  });
  const rate = (i: number): number => (tenth * 1_000) / ((marks[i + 1] ?? 0) - (marks[i] ?? 0));
  // The first tenth warms up; one alone is over in less than a second, and says little.
  const [early, late] = [median([1, 2, 3, 4].map(rate)), median([6, 7, 8, 9].map(rate))];
  report('1,000,000 wait: the first half is handled at', perSecond(early), 'the same as at the end', true);
  report('1,000,000 wait: the second half is handled at', perSecond(late), '80 % of the first', late >= 0.8 * early);
}

async function idle(): Promise<void> {
  await using connection = connect();
  const context = await DomainContext.configure()
    .bus((c) =>
      c.transport(new RedisTransport(connection)).withProcessor((p) =>
        p
          .endpoint('accounts')
          .commands<AccountCommands>()
          .handle('Deposit', () => undefined),
      ),
    )
    .start();
  while ((await info(connection, 'clients', 'blocked_clients')) === 0);
  const before = await info(connection, 'stats', 'total_commands_processed');
  await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
  const commands = (await info(connection, 'stats', 'total_commands_processed')) - before - 1;
  await context.stop();
  report('an idle worker', `${commands} commands/min`, '20', commands <= 20);
}

const PARTS = { processing, singles, pipeline, latency, million, idle };
const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(PARTS)) if (wanted.length === 0 || wanted.includes(name)) await measure();
