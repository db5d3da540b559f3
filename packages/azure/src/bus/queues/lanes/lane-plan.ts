import type { TransactionAction } from '@azure/data-tables';
import { FIRST_PLACE, headKey, messageKey, type LaneRow } from './lane-rows.ts';
import { MOST_PER_TRANSACTION } from './lane-table.ts';

/** Of a transaction's 4 MiB on the wire, in bytes of bodies, which are Base64 there. */
const MOST_BYTES = 2_500_000;

/** A row that is to be put at the end of a lane, or before all others. */
export interface Item {
  readonly lane: number;
  readonly row: LaneRow;
  /** Of the body, where it is in the row. */
  readonly bytes: number;
  /** When it is due, by the clock's monotonic time. */
  readonly dueAt: number;
}

/** Rows that are put there together, in their order; `isFirst`: before all others. */
export interface Batch {
  readonly items: readonly Item[];
  readonly isFirst: boolean;
}

/** Where a lane ends and begins, as far as is known. */
export interface Head {
  readonly next: number;
  readonly first: number;
  /** Undefined for a lane that nobody has sent to. */
  readonly etag: string | undefined;
}

/** One transaction that puts rows where they belong. */
export interface Plan {
  /** Those on the heads come first, in the order of `heads`. */
  readonly actions: readonly TransactionAction[];
  /** What the heads say afterwards. */
  readonly heads: ReadonlyMap<number, Head>;
  /** Of one of the rows. */
  readonly firstKey: string;
}

/** `sent` is the id of this sending. */
export function planned(
  batches: readonly Batch[],
  known: ReadonlyMap<number, Head>,
  partitionKey: string,
  sent: string,
): Plan {
  const heads = new Map<number, { next: number; first: number; readonly etag: string | undefined }>();
  const rows: TransactionAction[] = [];
  let firstKey = '';
  for (const { items, isFirst } of batches) {
    for (const { lane, row } of isFirst ? items.toReversed() : items) {
      let head = heads.get(lane);
      if (head === undefined) {
        head = { ...(known.get(lane) ?? { next: FIRST_PLACE, first: FIRST_PLACE, etag: undefined }) };
        heads.set(lane, head);
      }
      const place = isFirst ? --head.first : head.next++;
      const rowKey = messageKey(lane, place);
      if (firstKey === '') firstKey = rowKey;
      rows.push(['create', { partitionKey, rowKey, ...row, Change: sent }]);
    }
  }
  return { actions: [...headActions(heads, partitionKey, sent), ...rows], heads, firstKey };
}

function headActions(heads: ReadonlyMap<number, Head>, partitionKey: string, sent: string): TransactionAction[] {
  return [...heads].map(([lane, { next, first, etag }]): TransactionAction => {
    const row = { partitionKey, rowKey: headKey(lane), Next: String(next), First: String(first), Sent: sent };
    return etag === undefined ? ['create', row] : ['update', row, 'Replace', { etag }];
  });
}

/** Whether one transaction holds them, and the heads of their lanes. */
export function fits(items: readonly Item[]): boolean {
  const heads = new Set(items.map(({ lane }) => lane)).size;
  return items.length + heads <= MOST_PER_TRANSACTION && items.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_BYTES;
}

/** In order, as much as one transaction holds each. */
export function chunked(items: readonly Item[]): Item[][] {
  const found: Item[][] = [];
  let last: Item[] = [];
  for (const item of items) {
    if (last.length > 0 && !fits([...last, item])) {
      found.push(last);
      last = [];
    }
    last.push(item);
  }
  if (last.length > 0) found.push(last);
  return found;
}
