import type { SqliteDatabase } from '../database/sqlite-database.ts';
import { MESSAGE_COLUMNS, type MessageRow } from './message-rows.ts';

/** A message as a receive gets it. */
export type LeasedRow = readonly [place: number, deliveryCount: number, ...message: MessageRow];

const NEXT_PLACE = '(SELECT coalesce(max(place), 0) + 1 FROM message)';

/** The statements on the table of messages. All but `hasAny` and `nextDue` are to be called within a write. */
export class MessageTable {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** Adds a message, behind all others of its queue. */
  add(queue: number, now: number, row: MessageRow): void {
    const [id, component, name, headers, payload, deliverAt] = row;
    const visibleAt = deliverAt !== null && deliverAt > now ? deliverAt : null;
    this.#database
      .query(
        `INSERT INTO message (queue, visible_at, delivery_count, ready_since, ${MESSAGE_COLUMNS})
         VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .insert(queue, visibleAt, now, id, component, name, headers, payload, deliverAt);
  }

  /** Whether there is something to receive, as far as is committed. */
  hasAny(queue: number, now: number): boolean {
    if (this.#database.query('SELECT 1 FROM message WHERE queue = ? AND visible_at IS NULL LIMIT 1').first(queue))
      return true;
    return (this.nextDue(queue) ?? Infinity) <= now;
  }

  /** When the next of those that are delayed or in flight can be received. */
  nextDue(queue: number): number | undefined {
    return this.#database
      .query<[number]>(
        'SELECT visible_at FROM message WHERE queue = ? AND visible_at IS NOT NULL ORDER BY visible_at LIMIT 1',
      )
      .first(queue)?.[0];
  }

  /** Leases messages that are due, in order. */
  lease(queue: number, max: number, lease: number, now: number, until: number): LeasedRow[] {
    this.#uncover(queue, now);
    const rows = this.#database
      .query<LeasedRow>(
        `UPDATE message SET lease = ?, visible_at = ?, delivery_count = delivery_count + 1
         WHERE place IN (SELECT place FROM message WHERE queue = ? AND visible_at IS NULL ORDER BY place LIMIT ?)
         RETURNING place, delivery_count, ${MESSAGE_COLUMNS}`,
      )
      .all(lease, until, queue, max);
    return rows.length < 2 ? rows : rows.sort(([a], [b]) => a - b);
  }

  /** Removes a message for good. Each of these four returns whether the lease still had it. */
  remove(place: number, lease: number): boolean {
    return this.#database.query('DELETE FROM message WHERE place = ? AND lease = ?').run(place, lease) > 0;
  }

  /** Puts a message behind the others, or out of sight until a moment. */
  putBack(place: number, lease: number, visibleAt: number | null, now: number): boolean {
    const moved = visibleAt === null ? NEXT_PLACE : 'place';
    return (
      this.#database
        .query(
          `UPDATE message SET place = ${moved}, lease = NULL, visible_at = ?, ready_since = ? WHERE place = ? AND lease = ?`,
        )
        .run(visibleAt, now, place, lease) > 0
    );
  }

  /** Puts a message where it was, as if it had not been received. */
  release(place: number, lease: number, visibleAt: number | null): boolean {
    return (
      this.#database
        .query(
          `UPDATE message SET lease = NULL, visible_at = ?, delivery_count = delivery_count - 1
           WHERE place = ? AND lease = ?`,
        )
        .run(visibleAt, place, lease) > 0
    );
  }

  extend(place: number, lease: number, until: number): boolean {
    const query = this.#database.query('UPDATE message SET visible_at = ? WHERE place = ? AND lease = ?');
    return query.run(until, place, lease) > 0;
  }

  /** Makes ready what is due: what a dead receiver left in its old place, what was delayed behind the others in order of time. */
  #uncover(queue: number, now: number): void {
    if ((this.nextDue(queue) ?? Infinity) > now) return;
    const due = 'queue = ? AND visible_at IS NOT NULL AND visible_at <= ?';
    this.#database
      .query(`UPDATE message SET lease = NULL, visible_at = NULL WHERE ${due} AND lease IS NOT NULL`)
      .run(queue, now);
    const delayed = this.#database
      .query<[number]>(`SELECT place FROM message WHERE ${due} ORDER BY visible_at, place`)
      .all(queue, now);
    const move = this.#database.query(
      `UPDATE message SET place = ${NEXT_PLACE}, ready_since = visible_at, visible_at = NULL WHERE place = ?`,
    );
    for (const [place] of delayed) move.run(place);
  }
}
