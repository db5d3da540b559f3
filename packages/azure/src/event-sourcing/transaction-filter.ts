import { hash } from 'node:crypto';

/*
 * Which transactions a stream may hold: what this does not know, the stream does not hold. So whether a new command was handled already is known
 * from the head, and only what it takes for known is looked up.
 *
 * As long as they fit it is the first three bytes of each transaction's digest, which takes a new one for known once in 16 million times for each
 * that is there. After 2,730 transactions it is a Bloom filter of them (https://en.wikipedia.org/wiki/Bloom_filter), which does not grow any more:
 * it errs once in 1,800 times at first, once in 23 at 10,000 transactions, and nearly always at 100,000.
 */
const PRINT_BYTES = 3;
const BLOOM_BYTES = 8_192;
const BLOOM_POSITIONS = 4;

export const NOTHING_SEEN: Uint8Array = new Uint8Array();

/** False when the stream does not hold the transaction. */
export function mayHold(filter: Uint8Array, transactionId: string): boolean {
  const print = printOf(transactionId);
  if (isBloom(filter)) return positionsOf(print).every((bit) => ((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  for (let at = 0; at < filter.length; at += PRINT_BYTES) if (printAt(filter, at) === print) return true;
  return false;
}

/** The filter with one more transaction. */
export function withTransaction(filter: Uint8Array, transactionId: string): Uint8Array {
  const print = printOf(transactionId);
  if (isBloom(filter)) return withBits(Buffer.from(filter), print);
  const longer = Buffer.alloc(filter.length + PRINT_BYTES);
  longer.set(filter);
  longer.writeUIntBE(print, filter.length, PRINT_BYTES);
  return longer.length < BLOOM_BYTES ? longer : bloomOf(longer);
}

/** Never as long as a list of prints can be. */
function isBloom(filter: Uint8Array): boolean {
  return filter.length === BLOOM_BYTES;
}

function bloomOf(prints: Uint8Array): Uint8Array {
  const filter = Buffer.alloc(BLOOM_BYTES);
  for (let at = 0; at < prints.length; at += PRINT_BYTES) withBits(filter, printAt(prints, at));
  return filter;
}

/** Sets the bits of a print in `filter`, and returns it. */
function withBits(filter: Buffer, print: number): Buffer {
  for (const bit of positionsOf(print)) filter[bit >> 3] = (filter[bit >> 3] ?? 0) | (1 << (bit & 7));
  return filter;
}

/** The print has too few bits for all positions: so they are from a digest of it. */
function positionsOf(print: number): number[] {
  const digest = digestOf(String(print));
  return Array.from({ length: BLOOM_POSITIONS }, (_, i) => digest.readUInt32LE(i * 4) % (BLOOM_BYTES * 8));
}

function printOf(transactionId: string): number {
  return digestOf(transactionId).readUIntBE(0, PRINT_BYTES);
}

function printAt(prints: Uint8Array, at: number): number {
  return ((prints[at] ?? 0) << 16) | ((prints[at + 1] ?? 0) << 8) | (prints[at + 2] ?? 0);
}

function digestOf(text: string): Buffer {
  return hash('sha256', Buffer.from(text, 'utf16le'), 'buffer');
}
