import { hash } from 'node:crypto';

/*
 * Which transactions a stream may hold, as a Bloom filter (https://en.wikipedia.org/wiki/Bloom_filter): what it does not hold, the stream does
 * not. So whether a new command was handled already is known from the head, and only a redelivered one, or one in some hundreds, is
 * looked up. 16 bits a transaction and 4 positions err once in 400 times; beyond 4,096 transactions, where it does not grow any more, it
 * errs once in 23 times at 10,000 and nearly always at 100,000, and every load of such a stream costs one more read.
 */
const POSITIONS = 4;
const BITS_PER_TRANSACTION = 16;
const FEWEST_BYTES = 32;
const MOST_BYTES = 8_192;

export const NOTHING_SEEN: Uint8Array = new Uint8Array(FEWEST_BYTES);

/** False when the stream does not hold the transaction. */
export function mayHold(filter: Uint8Array, transactionId: string): boolean {
  return positionsOf(filter, transactionId).every((bit) => ((filter[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
}

/** The filter with one more transaction; `appends` is how many the stream has had, with this one. */
export function withTransaction(filter: Uint8Array, transactionId: string, appends: number): Uint8Array {
  const isFull = appends * BITS_PER_TRANSACTION > filter.length * 8 && filter.length < MOST_BYTES;
  // Twice the same bits are the same filter: a position of the double one is that of the single one, in either half.
  const grown = isFull ? Buffer.concat([filter, filter]) : Buffer.from(filter);
  for (const bit of positionsOf(grown, transactionId)) grown[bit >> 3] = (grown[bit >> 3] ?? 0) | (1 << (bit & 7));
  return grown;
}

function positionsOf(filter: Uint8Array, transactionId: string): number[] {
  const digest = hash('sha256', Buffer.from(transactionId, 'utf16le'), 'buffer');
  return Array.from({ length: POSITIONS }, (_, i) => digest.readUInt32LE(i * 4) % (filter.length * 8));
}
