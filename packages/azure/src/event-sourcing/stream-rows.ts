import { CorruptEventError } from '@ndomain/core';
import type { Row } from '../connection/rows.ts';
import { keyOf } from '../escaping.ts';
import { SEQUENCE_DIGITS, STREAM_PROPERTIES as P, STREAM_ROWS } from '../names.ts';
import { linesOf } from './pack.ts';
import { NOTHING_SEEN } from './transaction-filter.ts';

/** A full pack as it was read; inflated when its events are wanted. */
export interface PackRow {
  readonly first: number;
  readonly last: number;
  readonly row: Row;
}

/** An append that is not known to be published. */
export interface UncommittedRow {
  readonly transactionId: string;
  readonly first: number;
  readonly last: number;
  readonly storedAt: number;
}

/** Where a stream stands. Changed by nobody: an append makes the next one. */
export interface Head {
  /** Absent when the stream has no row yet. */
  readonly etag: string | undefined;
  readonly version: number;
  /** The sequence id of the first of `lines`; `version + 1` when there are none. */
  readonly first: number;
  readonly lines: readonly string[];
  readonly seen: Uint8Array;
  /** A transaction that `seen` takes for known, and that was looked up and is not there. */
  readonly lacks?: string;
  readonly sweep: string;
  /** In the order of the stream. */
  readonly uncommitted: readonly UncommittedRow[];
}

export const NO_STREAM: Head = {
  etag: undefined,
  version: 0,
  first: 1,
  lines: [],
  seen: NOTHING_SEEN,
  sweep: '',
  uncommitted: [],
};

export function packKey(last: number): string {
  return STREAM_ROWS.pack + String(last).padStart(SEQUENCE_DIGITS, '0');
}

export function uncommittedKey(transactionId: string): string {
  return STREAM_ROWS.uncommitted + keyOf(transactionId);
}

export function transactionKey(transactionId: string): string {
  return STREAM_ROWS.transaction + keyOf(transactionId);
}

/** Throws `ND_CORRUPT_EVENT`. */
export function packRowOf(streamId: string, row: Row): PackRow {
  return { first: placeIn(streamId, row, P.first), last: placeIn(streamId, row, P.last), row };
}

/** Throws `ND_CORRUPT_EVENT`. */
export function uncommittedOf(streamId: string, row: Row): UncommittedRow {
  return {
    transactionId: String(row[P.transactionId]),
    first: placeIn(streamId, row, P.first),
    last: placeIn(streamId, row, P.last),
    storedAt: Date.parse(String(row[P.storedAt])),
  };
}

/** The head of a stream from its row, and those of what is uncommitted. Throws `ND_CORRUPT_EVENT`. */
export function headOf(streamId: string, row: Row | undefined, uncommitted: readonly UncommittedRow[]): Head {
  const inOrder = uncommitted.toSorted((a, b) => a.last - b.last);
  if (row === undefined) return { ...NO_STREAM, uncommitted: inOrder };
  const first = placeIn(streamId, row, P.first);
  const seen = row[P.seen];
  return {
    etag: row.etag,
    version: placeIn(streamId, row, P.version),
    first,
    lines: linesOf(streamId, first, row),
    seen: seen instanceof Uint8Array ? seen : NOTHING_SEEN,
    sweep: String(row[P.sweep]),
    uncommitted: inOrder,
  };
}

/** Whether the stream has an event behind its head, of which nothing but an old or a deleted head can be the reason. */
export function isBehind({ version, uncommitted }: Head, packs: readonly PackRow[] = []): boolean {
  return Math.max(packs.at(-1)?.last ?? 0, uncommitted.at(-1)?.last ?? 0) > version;
}

function placeIn(streamId: string, row: Row, property: string): number {
  const place = Number(row[property]);
  if (Number.isSafeInteger(place)) return place;
  throw new CorruptEventError(streamId, 1, new Error(`the row "${row.rowKey}" has no number "${property}"`));
}
