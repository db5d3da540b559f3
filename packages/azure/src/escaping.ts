import { hash } from 'node:crypto';

/*
 * Keys of tables refuse `/ \ # ?` and control characters (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model),
 * names of blobs control characters and segments that end in a dot (https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata),
 * and both stand in URLs. So an id is written in letters, digits and '-', and every other UTF-16 unit as a sign that says from which
 * range it is, and its number in hexadecimal. The signs stand where their ranges stand in ASCII: escaped texts sort as the texts do.
 */
const UNSAFE = /[^A-Za-z0-9-]/g;
const ESCAPED = /[!.@_]([0-9A-F]{2})|~([0-9A-F]{4})/g;

/**
 * The longest key that is written as it is, in UTF-16 units of 2 bytes: a key of a table has at most 1 KiB
 * (https://learn.microsoft.com/azure/storage/tables/scalability-targets), and some of it is for what stands before an id.
 */
const LONGEST_KEY = 400;
const HASH_LENGTH = 43;

/** An id as text that every key, blob name and URL takes. Different ids differ, and sort by their UTF-16 units. */
export function escaped(id: string): string {
  return id.replaceAll(UNSAFE, escapedUnit);
}

/** The inverse of {@link escaped}. */
export function unescaped(text: string): string {
  return text.replaceAll(ESCAPED, (_, short: string | undefined, long: string | undefined) =>
    String.fromCharCode(Number.parseInt(short ?? long ?? '', 16)),
  );
}

/**
 * An id as a key of a table: escaped, and when that is longer than a key can be, its beginning and a digest of all of it. What is
 * stored under such a key holds the id too.
 */
export function keyOf(id: string): string {
  const key = escaped(id);
  return key.length <= LONGEST_KEY ? key : shortened(key, id);
}

// `+` is in no escaped text, so a shortened key is never another id's own.
function shortened(key: string, id: string): string {
  return `${key.slice(0, LONGEST_KEY - HASH_LENGTH - 1)}+${hash('sha256', Buffer.from(id, 'utf16le'), 'base64url')}`;
}

function escapedUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code > 0x7a) return `~${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const sign = code < 0x2d ? '!' : code < 0x30 ? '.' : code < 0x41 ? '@' : '_';
  return sign + code.toString(16).toUpperCase().padStart(2, '0');
}
