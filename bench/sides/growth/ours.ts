import { newId } from '@ndomain/core';
import { SqliteDatabase, SqliteEventStoreDb } from '@ndomain/sqlite';
import { eventsAfter } from '../../lib/events.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { median } from '../../lib/statistics.ts';
import { TempFolder } from '../../lib/temp-folder.ts';

const PER_STREAM = 100;
const PER_APPEND = 10;
const FILLERS = 200;
const CALLERS = 50;
const APPENDS_EACH = 100;
const LOADS = 300;

/** A file with so many events, and how fast it was in each round, in milliseconds. */
class GrownFile implements AsyncDisposable {
  readonly appendMs: number[] = [];
  readonly loadMs: number[] = [];
  readonly #database: SqliteDatabase;
  readonly #db: SqliteEventStoreDb;
  readonly #streams: number;
  readonly #versions = new Map<number, number>();

  constructor(path: string, events: number) {
    this.#database = new SqliteDatabase(path);
    this.#db = new SqliteEventStoreDb(this.#database);
    this.#streams = events / PER_STREAM;
  }

  async fill(): Promise<void> {
    let next = 0;
    await Promise.all(
      Array.from({ length: FILLERS }, async () => {
        while (next < this.#streams) {
          const stream = next++;
          for (let version = 0; version < PER_STREAM; version += PER_APPEND)
            await this.#append(stream, version, PER_APPEND);
        }
      }),
    );
  }

  /** Appends of one event, spread over all streams. */
  async append(): Promise<void> {
    const start = performance.now();
    await Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let i = 0; i < APPENDS_EACH; i++) {
          // No two callers share a stream.
          const stream = Math.floor((Math.random() * this.#streams) / CALLERS) * CALLERS + caller;
          const version = this.#versions.get(stream) ?? PER_STREAM;
          this.#versions.set(stream, version + 1);
          await this.#append(stream, version, 1);
        }
      }),
    );
    this.appendMs.push(performance.now() - start);
  }

  /** Loads of whole streams; resolves with how much was in the last event of each that `fill` had stored. */
  async load(): Promise<number> {
    const start = performance.now();
    let sum = 0;
    for (let i = 0; i < LOADS; i++) {
      const stream = Math.floor(Math.random() * this.#streams);
      const { events } = await this.#db.load(`Account/${stream}`, { from: 1, to: PER_STREAM, limit: 1_000 });
      for (const { payload } of events) sum += (payload as Payload).amount;
    }
    this.loadMs.push(performance.now() - start);
    return sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  async #append(stream: number, version: number, count: number): Promise<void> {
    const transactionId = newId();
    const events = eventsAfter(`${stream}`, version, count, transactionId);
    await this.#db.append(`Account/${stream}`, transactionId, version, events);
    // As a program does: what was published is committed.
    await this.#db.commit(`Account/${stream}`, transactionId);
  }
}

export async function run(parameters: Parameters): Promise<Outcome> {
  using folder = new TempFolder();
  await using small = new GrownFile(folder.file('small.db'), numberOf(parameters, 'small'));
  await using middle = new GrownFile(folder.file('middle.db'), numberOf(parameters, 'middle'));
  await using large = new GrownFile(folder.file('large.db'), numberOf(parameters, 'large'));
  const files = [small, middle, large];
  for (const file of files) await file.fill();
  const rounds = numberOf(parameters, 'rounds');
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    for (const file of files) {
      await file.append();
      sum += await file.load();
    }
  }
  const slower = (file: GrownFile, of: 'appendMs' | 'loadMs'): number =>
    median(file[of].map((ms, round) => ms / (small[of][round] ?? NaN))) ?? NaN;
  return {
    values: {
      appends: slower(large, 'appendMs'),
      loads: slower(large, 'loadMs'),
      'appends to the middle file': slower(middle, 'appendMs'),
      'loads from the middle file': slower(middle, 'loadMs'),
    },
    proof: { 'sum of the amounts': [sum, rounds * files.length * LOADS * PER_STREAM * PAYLOAD.amount] },
  };
}
