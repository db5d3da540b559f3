import type { Pack } from './pack.ts';
import type { Head } from './stream-rows.ts';

/** What the head holds at most: it is written again with each append, and read with each load. */
const HEAD_EVENTS = 100;
const HEAD_BYTES = 32_768;
/** What a pack holds at most, unless it is a single event. An append of 1,000 events and 3 MiB makes at most 76 packs. */
const PACK_EVENTS = 100;
const PACK_BYTES = 98_304;

/** How an append divides the events of the head and its own. */
export interface Packing {
  /** Written once, and never again. */
  readonly full: readonly Pack[];
  /** Stays in the head; may be empty. */
  readonly open: Pack;
}

/** Fills packs with what is in the head and what is appended, in order; what does not fill one stays in the head. */
export function packed(head: Head, lines: readonly string[]): Packing {
  const all = [...head.lines, ...lines];
  if (all.length <= HEAD_EVENTS && bytesOf(all) <= HEAD_BYTES) {
    return { full: [], open: packFrom(head.first, all) };
  }
  const full: Pack[] = [];
  let first = head.first;
  let open: string[] = [];
  let bytes = 0;
  for (const line of all) {
    const size = Buffer.byteLength(line) + 1;
    if (open.length > 0 && (open.length === PACK_EVENTS || bytes + size > PACK_BYTES)) {
      full.push(packFrom(first, open));
      first += open.length;
      open = [];
      bytes = 0;
    }
    open.push(line);
    bytes += size;
  }
  if (bytes <= HEAD_BYTES && open.length < HEAD_EVENTS) return { full, open: packFrom(first, open) };
  full.push(packFrom(first, open));
  return { full, open: packFrom(first + open.length, []) };
}

function packFrom(first: number, lines: readonly string[]): Pack {
  return { first, last: first + lines.length - 1, lines };
}

function bytesOf(lines: readonly string[]): number {
  let bytes = 0;
  for (const line of lines) bytes += Buffer.byteLength(line) + 1;
  return bytes;
}
