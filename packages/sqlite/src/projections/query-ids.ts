/*
 * SQLite compares texts by their UTF-8 bytes, that is by code points; JavaScript, and so the seam, by UTF-16 units. They differ from
 * U+D800 on. In the table each such unit stands as a code point of its own beyond the basic plane, so that both orders are the same.
 */

const FIRST_UNIT = 0xd8_00;
const FIRST_CODE_POINT = 0x1_00_00;

/** An id as the table has it: the same text, unless it holds emoji or other characters from U+D800 on. */
export function storedId(id: string): string {
  return id.replaceAll(/[\ud800-\uffff]/g, (unit) =>
    String.fromCodePoint(FIRST_CODE_POINT + unit.charCodeAt(0) - FIRST_UNIT),
  );
}

/** The inverse of {@link storedId}. */
export function idOf(stored: string): string {
  return stored.replaceAll(/[\u{10000}-\u{127ff}]/gu, (character) =>
    String.fromCharCode((character.codePointAt(0) ?? 0) - FIRST_CODE_POINT + FIRST_UNIT),
  );
}
