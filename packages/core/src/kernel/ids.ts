import { hash, randomBytes } from 'node:crypto';
import { InvalidIdError } from './errors.ts';

/** The longest id of a message or transaction, in characters: fits every backend's key, with room for prefixes. */
const LONGEST_DERIVED_ID = 160;

/** The longest id of an aggregate, in UTF-8 bytes: the limit of Azure Tables' keys, the narrowest of our backends. */
const LONGEST_ID_BYTES = 1024;

// 96 random bits name this process (or worker thread), a counter does the rest: unique, and ten times cheaper than a UUID.
const processPart = `${randomBytes(12).toString('base64url')}-`;
let counter = 0;

/** A fresh id, unique across processes and machines. */
export function newId(): string {
  return `${processPart}${(counter++).toString(36)}`;
}

/**
 * The id of the `ordinal`-th thing that `component` makes while it handles message `parent`. A second run derives the same
 * ids, which is what lets the next receiver recognise them (G3). Chains stay readable while short and bounded when long.
 */
export function derivedId(parent: string, component: string, ordinal: number): string {
  return boundedId(`${parent}/${component}/${ordinal}`);
}

/** The id itself while it is short, a digest of it when it is long. */
export function boundedId(id: string): string {
  return id.length <= LONGEST_DERIVED_ID ? id : `#${hash('sha256', id, 'base64url')}`;
}

/** Refuses what no backend could keep as a key. Throws `ND_INVALID_ID`. */
export function checkId(what: string, id: string): void {
  if (typeof id !== 'string' || id.length === 0) {
    throw new InvalidIdError(what, `it must be a text that is not empty, got ${JSON.stringify(id) ?? typeof id}.`);
  }
  // A UTF-16 unit takes at most three bytes, so short ids need no counting.
  if (id.length * 3 > LONGEST_ID_BYTES && Buffer.byteLength(id) > LONGEST_ID_BYTES) {
    throw new InvalidIdError(what, `it has ${Buffer.byteLength(id)} bytes, at most ${LONGEST_ID_BYTES} are possible.`);
  }
  // UTF-8 has no form for it: two ids that differ there would be one in every database.
  if (!id.isWellFormed()) {
    throw new InvalidIdError(what, `it holds half of a character (a lone surrogate): ${JSON.stringify(id)}.`);
  }
}
