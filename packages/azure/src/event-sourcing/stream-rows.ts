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

export function packRowOf(row: Row): PackRow {
  return { first: Number(row[P.first]), last: Number(row[P.last]), row };
}

export function uncommittedOf(row: Row): UncommittedRow {
  return {
    transactionId: String(row[P.transactionId]),
    first: Number(row[P.first]),
    last: Number(row[P.last]),
    storedAt: Date.parse(String(row[P.storedAt])),
  };
}

/** The head of a stream from its row, and those of what is uncommitted. Throws `ND_CORRUPT_EVENT`. */
export function headOf(streamId: string, row: Row | undefined, uncommitted: readonly UncommittedRow[]): Head {
  if (row === undefined) return { ...NO_STREAM, uncommitted };
  const first = Number(row[P.first]);
  const seen = row[P.seen];
  return {
    etag: row.etag,
    version: Number(row[P.version]),
    first,
    lines: linesOf(streamId, first, row),
    seen: seen instanceof Uint8Array ? seen : NOTHING_SEEN,
    sweep: String(row[P.sweep]),
    uncommitted: uncommitted.toSorted((a, b) => a.last - b.last),
  };
}
