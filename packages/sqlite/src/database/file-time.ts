import type { Clock } from '@ndomain/core';
import { counterOf, type Counter } from './counter.ts';
import type { Statements } from './query.ts';

type Row = readonly [counter: string, base: number, ahead: number];

/** How far the time of day may go away from the file's time before it is taken for set, in milliseconds. */
const TOLERANCE_MS = 1_000;

/**
 * The time by which leases run out, pauses end and memories fade in a file. It goes on as the machine counts, for all processes alike, and
 * setting the time of day does not move it: nothing comes an hour late because somebody set the clock back, and nobody loses a lease because
 * it was set forward. It began as the time of day, and the file knows by how much that is ahead since.
 *
 * Only messages that were sent for a date wait for the time of day: when that was set, the next transaction puts them where they belong.
 * After the machine was started anew, the file's time goes on from the time of day.
 */
export class FileTime {
  readonly #database: Statements;
  readonly #clock: Clock;
  readonly #counter: Counter;
  #base: number;
  #ahead: number;
  #isSettled = false;

  constructor(database: Statements, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#counter = counterOf(clock);
    const known = this.#read();
    this.#ahead = known?.[2] ?? 0;
    // The time of day is read first: should the process be interrupted here, what waits for a date comes late rather than early.
    this.#base =
      known?.[0] === this.#counter.id ? known[1] : Math.floor(clock.now() - this.#ahead - this.#counter.now());
  }

  /** The file's time now, in milliseconds. */
  now(): number {
    return this.#counter.now() + this.#base;
  }

  /** Whether the time of day was set since that was last looked at. */
  get isOff(): boolean {
    return Math.abs(this.#clock.now() - this.now() - this.#ahead) > TOLERANCE_MS;
  }

  /** A moment of the time of day, as the file has it. */
  fromDay(moment: number): number {
    return moment - this.#ahead;
  }

  /** The inverse of {@link fromDay}. */
  toDay(moment: number): number {
    return moment + this.#ahead;
  }

  /** How long it is, as of now, until a moment of the time of day: for what is to come after a while, and not at a date. */
  left(moment: number): number {
    return moment - this.#clock.now();
  }

  /** Looks whether the time of day was set. To be called within each transaction, before anything else. */
  begun(): void {
    if (this.#isSettled && !this.isOff) return;
    const known = this.#read();
    if (known?.[0] === this.#counter.id) this.#base = known[1];
    const before = known?.[2] ?? 0;
    this.#ahead = before;
    if (this.isOff) this.#ahead = Math.floor(this.#clock.now() - this.now());
    if (this.#ahead !== before) this.#moveDates(before);
    // What is written now may be rolled back: it is settled when it was read.
    this.#isSettled = known?.[0] === this.#counter.id && this.#ahead === before;
    if (!this.#isSettled) this.#write();
  }

  #moveDates(aheadBefore: number): void {
    this.#database
      .query(
        `UPDATE delivery SET visible_at = max(1, deliver_at - ?) FROM message
         WHERE message.place = delivery.place AND visible_at > 0 AND lease IS NULL AND deliver_at > ?`,
      )
      .run(this.#ahead, this.now() + aheadBefore);
  }

  #read(): Row | undefined {
    return this.#database.query<Row>('SELECT counter, base, ahead FROM file_time').first();
  }

  #write(): void {
    this.#database
      .query(
        `INSERT INTO file_time (one, counter, base, ahead) VALUES (1, ?, ?, ?) ON CONFLICT (one)
         DO UPDATE SET counter = excluded.counter, base = excluded.base, ahead = excluded.ahead`,
      )
      .run(this.#counter.id, this.#base, this.#ahead);
  }
}
