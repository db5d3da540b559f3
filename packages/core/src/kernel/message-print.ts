import { createHash } from 'node:crypto';
import { encode } from './json.ts';

/** The header of a message whose id was chosen by its sender: a digest of the payload, by which two that share an id are told apart. */
export const PRINT_HEADER = 'print';
/** The same in the metadata of events that the message led to. */
export const PRINT_METADATA = 'causationPrint';

const LENGTH = 12;

/** Throws `ND_NOT_REPRESENTABLE`. */
export function printOf(payload: unknown): string {
  return createHash('sha1').update(encode(payload)).digest('base64url').slice(0, LENGTH);
}
