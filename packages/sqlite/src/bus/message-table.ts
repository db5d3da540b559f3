import type { SqliteDatabase } from '../database/sqlite-database.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './message-rows.ts';

/** A message as a receive gets it. */
export type LeasedRow = readonly [place: number, deliveryCount: number, ...message: MessageRow];

/** Where a received message stands: what names its row, as long as nobody else has it. */
export interface LeasedPlace {
  readonly queue: number;
  readonly place: number;
  readonly lease: number;
  readonly visibleAt: number;
}

const NEXT_PLACE = '(SELECT coalesce(max(place), 0) + 1 FROM message)';
const READY = 0;
const OURS = 'queue = ? AND visible_at = ? AND place = ? AND lease = ?';
const INSERT = `INSERT INTO message (${MESSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`;
const DELETE = `DELETE FROM delivery WHERE ${OURS}`;

/** The texts of so many messages that are done, or of so many characters, are deleted together: those of one page of the file go at once. */
const MOST_DONE = 1_000;
const MOST_DONE_LENGTH = 1_000_000;

/** The statements on the tables of messages. All but `hasAny` and `nextDue` are to be called within a write. */
export class MessageTable {
  readonly #database: SqliteDatabase;
  #done = 0;
  #doneLength = 0;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Adds a message, behind all others of its queue; from `visibleAt` on where that is in the future. */
  add(queue: number, now: number, visibleAt: number, row: MessageRow): void {
    const [id, component, name, headers, payload, deliverAt] = row;
    const place = this.#database.query(INSERT).insert(id, component, name, headers, payload, deliverAt);
    this.#database
      .query('INSERT INTO delivery (queue, visible_at, place, delivery_count, ready_since) VALUES (?, ?, ?, 0, ?)')
      .run(queue, visibleAt > now ? visibleAt : READY, place, now);
  }

  /** Whether there is something to receive, as far as is committed. */
  hasAny(queue: number, now: number): boolean {
    const query = this.#database.query('SELECT 1 FROM delivery WHERE queue = ? AND visible_at <= ? LIMIT 1');
    return query.first(queue, now) !== undefined;
  }

  /** When the next of those that are delayed or in flight can be received. */
  nextDue(queue: number): number | undefined {
    return this.#database
      .query<[number]>('SELECT visible_at FROM delivery WHERE queue = ? AND visible_at > 0 ORDER BY visible_at LIMIT 1')
      .first(queue)?.[0];
  }

  /** Leases messages that are due, in order. */
  lease(queue: number, max: number, lease: number, now: number, until: number): LeasedRow[] {
    this.#uncover(queue, now);
    const rows = this.#database
      .query<LeasedRow>(
        `SELECT place, delivery_count + 1, ${MESSAGE_COLUMNS} FROM delivery CROSS JOIN message USING (place)
         WHERE queue = ? AND visible_at = 0 ORDER BY place LIMIT ?`,
      )
      .all(queue, max);
    const last = rows.at(-1);
    if (last === undefined) return rows;
    this.#database
      .query(
        `UPDATE delivery SET lease = ?, visible_at = ?, delivery_count = delivery_count + 1
         WHERE queue = ? AND visible_at = 0 AND place <= ?`,
      )
      .run(lease, until, queue, last[0]);
    return rows;
  }

  /** Whether the lease still has a message. */
  holds({ queue, visibleAt, place, lease }: LeasedPlace): boolean {
    const query = this.#database.query(`SELECT 1 FROM delivery WHERE ${OURS}`);
    return query.first(queue, visibleAt, place, lease) !== undefined;
  }

  /** Removes a message for good, and its text now or later; `length` is that of its texts. Each of these four returns whether the lease still had it. */
  remove({ queue, visibleAt, place, lease }: LeasedPlace, length: number): boolean {
    const isOurs = this.#database.query(DELETE).run(queue, visibleAt, place, lease) > 0;
    if (!isOurs) return false;
    this.#database.query('INSERT INTO done (place) VALUES (?)').run(place);
    this.#doneLength += length;
    if (++this.#done >= MOST_DONE || this.#doneLength >= MOST_DONE_LENGTH) this.#sweep();
    return true;
  }

  /** Puts a message behind the others, or out of sight until a moment. */
  putBack({ queue, visibleAt, place, lease }: LeasedPlace, retryAt: number | null, now: number): boolean {
    const isOurs =
      this.#database
        .query(`UPDATE delivery SET lease = NULL, visible_at = ?, ready_since = ? WHERE ${OURS}`)
        .run(retryAt ?? READY, now, queue, visibleAt, place, lease) > 0;
    if (isOurs && retryAt === null) this.#moveBehind(queue, READY, place, now);
    return isOurs;
  }

  /** Puts a message where it was, as if it had not been received. */
  release({ queue, visibleAt, place, lease }: LeasedPlace, retryAt: number | null): boolean {
    return (
      this.#database
        .query(`UPDATE delivery SET lease = NULL, visible_at = ?, delivery_count = delivery_count - 1 WHERE ${OURS}`)
        .run(retryAt ?? READY, queue, visibleAt, place, lease) > 0
    );
  }

  extend({ queue, visibleAt, place, lease }: LeasedPlace, until: number): boolean {
    const query = this.#database.query(`UPDATE delivery SET visible_at = ? WHERE ${OURS}`);
    return query.run(until, queue, visibleAt, place, lease) > 0;
  }

  /** Deletes the texts of all messages that are done, also of those that a dead process left. */
  #sweep(): void {
    this.#database.query('DELETE FROM message WHERE place IN (SELECT place FROM done)').run();
    this.#database.query('DELETE FROM done').run();
    this.#done = 0;
    this.#doneLength = 0;
  }

  /** Makes ready what is due: what a dead receiver left in its old place, what was delayed behind the others in order of time. */
  #uncover(queue: number, now: number): void {
    if ((this.nextDue(queue) ?? Infinity) > now) return;
    const due = 'queue = ? AND visible_at BETWEEN 1 AND ?';
    this.#database
      .query(`UPDATE delivery SET lease = NULL, visible_at = 0 WHERE ${due} AND lease IS NOT NULL`)
      .run(queue, now);
    const delayed = this.#database
      .query<[number, number]>(`SELECT visible_at, place FROM delivery WHERE ${due} ORDER BY visible_at, place`)
      .all(queue, now);
    for (const [visibleAt, place] of delayed) this.#moveBehind(queue, visibleAt, place, visibleAt);
  }

  #moveBehind(queue: number, visibleAt: number, place: number, readySince: number): void {
    const next = this.#database.query<[number]>(`SELECT ${NEXT_PLACE}`).first()?.[0] ?? place;
    this.#database.query('UPDATE message SET place = ? WHERE place = ?').run(next, place);
    this.#database
      .query(
        'UPDATE delivery SET place = ?, visible_at = 0, ready_since = ? WHERE queue = ? AND visible_at = ? AND place = ?',
      )
      .run(next, readySince, queue, visibleAt, place);
  }
}
