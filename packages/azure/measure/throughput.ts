/* oxlint-disable no-console */
/*
 * How fast events on Azure Tables are, beside what the SDK does alone in the same run: `npm run measure`, in this package. Takes the account in
 * AZURE_STORAGE, or else an Azurite of its own, whose figures say what this package adds and not what Azure does. Each figure is the median of
 * three rounds.
 */
import { AzureConnection, AzureEventStoreDb } from '@ndomain/azure';
import { EventStore, newId, type AggregateEvent } from '@ndomain/core';
import { Azurite } from '@ndomain/testing/servers';

/** About 120 bytes as JSON. */
const PAYLOAD = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01',
};
const CALLERS = 16;
const OPERATIONS = 320;
const LONG_STREAM = 10_000;

await using azurite =
  process.env['AZURE_STORAGE'] === undefined ? await Azurite.start({ from: import.meta.url }) : undefined;
const account = process.env['AZURE_STORAGE'] ?? azurite?.connectionString ?? '';
let tables = 0;
const newTable = (): string => `measure${Date.now().toString(36)}${(tables++).toString(36)}`;

await report('insert of one row by the SDK, one caller', () => insertRows(1));
await report(`insert of one row by the SDK, ${CALLERS} callers`, () => insertRows(CALLERS));
await report('append and commit, one caller, one stream', () => append(1));
await report(`append and commit, ${CALLERS} callers, a stream each`, () => append(CALLERS));
await report(`load of ${LONG_STREAM} events, in pages of 1,000 (events)`, loadLong);

async function report(what: string, measure: () => Promise<number>): Promise<void> {
  const rounds: number[] = [];
  for (let round = 0; round < 3; round++) rounds.push(await measure());
  const [, median = 0] = rounds.toSorted((a, b) => a - b);
  console.log(`${what}: ${Math.round(median).toLocaleString('en-GB')} a second`);
}

async function insertRows(callers: number): Promise<number> {
  const table = new AzureConnection(account).table(newTable(), 'fail');
  await table.create();
  return perSecond(OPERATIONS, callers, (caller, i) =>
    table.client.createEntity({ partitionKey: `p${caller}`, rowKey: String(i), text: JSON.stringify(PAYLOAD) }),
  );
}

async function append(callers: number): Promise<number> {
  const db = new AzureEventStoreDb(new AzureConnection(account), newTable());
  await db.load('Account/0', { from: 1, to: 1, limit: 1 });
  return perSecond(OPERATIONS, callers, async (caller, i) => {
    const transactionId = newId();
    await db.append(`Account/${caller}`, transactionId, i, events(i, 1));
    await db.commit(`Account/${caller}`, transactionId);
  });
}

async function loadLong(): Promise<number> {
  const connection = new AzureConnection(account);
  const table = newTable();
  const writer = new AzureEventStoreDb(connection, table);
  for (let version = 0; version < LONG_STREAM; version += 1_000) {
    await writer.append('Account/1', `t${version}`, version, events(version, 1_000));
    await writer.commit('Account/1', `t${version}`);
  }
  const reader = new EventStore(new AzureEventStoreDb(connection, table), () => Promise.resolve());
  const startedAt = performance.now();
  let read = 0;
  for await (const page of reader.load('Account/1')) read += page.length;
  return (read * 1_000) / (performance.now() - startedAt);
}

/** Operations in a second, done by so many callers, each one after the other. */
async function perSecond(
  count: number,
  callers: number,
  operation: (caller: number, i: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  const each = async (caller: number): Promise<void> => {
    for (let i = 0; i < count / callers; i++) await operation(caller, i);
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => each(caller)));
  return (count * 1_000) / (performance.now() - startedAt);
}

function events(version: number, count: number): AggregateEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    aggregateId: '1',
    sequenceId: version + i + 1,
    date: new Date(),
    name: 'Deposited',
    revision: 1,
    payload: PAYLOAD,
    transactionId: '',
    metadata: {},
  }));
}
