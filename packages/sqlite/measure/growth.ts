/* oxlint-disable no-console */
/*
 * Whether a large file is slower than a small one: `node measure/growth.ts [events]`, in this package. Fills a file with streams of
 * a hundred events, and at 100,000 events and each power of ten beyond appends and loads, each a median of five rounds.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId, type AggregateEvent } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';

const FIRST_STOP = 100_000;
const PER_STREAM = 100;
const PER_APPEND = 10;
const CALLERS = 50;
const ROUNDS = 5;
/** About 120 bytes as JSON. */
const PAYLOAD = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01',
};

const most = Number(process.argv[2] ?? 10_000_000);
const folder = mkdtempSync(path.join(tmpdir(), 'ndomain-measure-'));
const file = path.join(folder, 'growth.db');

function events(aggregateId: string, version: number, count: number, transactionId: string): AggregateEvent[] {
  const date = new Date();
  return Array.from({ length: count }, (_, i) => ({
    aggregateId,
    sequenceId: version + i + 1,
    date,
    name: 'Deposited',
    revision: 1,
    payload: PAYLOAD,
    transactionId,
    metadata: {},
  }));
}

async function append(db: SqliteEventStoreDb, stream: number | string, version: number, count: number): Promise<void> {
  const transaction = newId();
  await db.append(`Account/${stream}`, transaction, version, events(`${stream}`, version, count, transaction));
  // As a program does: what was published is committed.
  await db.commit(`Account/${stream}`, transaction);
}

/** Fills streams side by side, from one number of events to another. */
async function fill(db: SqliteEventStoreDb, from: number, to: number): Promise<void> {
  let next = from / PER_STREAM;
  const last = to / PER_STREAM;
  await Promise.all(
    Array.from({ length: CALLERS * 4 }, async () => {
      while (next < last) {
        const stream = next++;
        for (let version = 0; version < PER_STREAM; version += PER_APPEND)
          await append(db, stream, version, PER_APPEND);
      }
    }),
  );
}

const perSecond = (count: number, since: number): number => Math.round((count * 1_000) / (performance.now() - since));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const randomStream = (streams: number): number => Math.floor(Math.random() * streams);

/** Appends of one event to streams of all ages. */
async function appending(db: SqliteEventStoreDb, heads: Map<number, number>, streams: number): Promise<number> {
  const start = performance.now();
  const each = 200;
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      for (let i = 0; i < each; i++) {
        // No two callers share a stream.
        const stream = Math.floor(randomStream(streams) / CALLERS) * CALLERS + caller;
        const version = heads.get(stream) ?? PER_STREAM;
        heads.set(stream, version + 1);
        await append(db, stream, version, 1);
      }
    }),
  );
  return perSecond(CALLERS * each, start);
}

async function loading(db: SqliteEventStoreDb, streams: number): Promise<number> {
  const start = performance.now();
  let loaded = 0;
  for (let i = 0; i < 500; i++) {
    const page = await db.load(`Account/${randomStream(streams)}`, { from: 1, to: Infinity, limit: 1_000 });
    loaded += page.events.length;
  }
  return perSecond(loaded, start);
}

try {
  await using database = new SqliteDatabase(file);
  const db = new SqliteEventStoreDb(database);
  const heads = new Map<number, number>();
  let filled = 0;
  for (let stop = FIRST_STOP; stop <= most; stop *= 10) {
    const start = performance.now();
    await fill(db, filled, stop);
    const rate = perSecond(stop - filled, start);
    filled = stop;
    const streams = stop / PER_STREAM;
    const appends: number[] = [];
    const loads: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      appends.push(await appending(db, heads, streams));
      loads.push(await loading(db, streams));
    }
    console.log(
      `${stop.toLocaleString('en').padStart(11)} events: ${(statSync(file).size / stop).toFixed(0)} bytes each, ` +
        `filled at ${rate.toLocaleString('en')}/s, appends ${median(appends).toLocaleString('en')}/s, ` +
        `loads ${median(loads).toLocaleString('en')} events/s, ${Math.round(process.memoryUsage().rss / 1_048_576)} MiB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
