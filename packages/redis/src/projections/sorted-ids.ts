/*
 * Redis sorts texts by their UTF-8 bytes, which is the order of code points; the seam sorts as JavaScript does, by UTF-16 units. They differ
 * from U+D800 on. In the sorted set each of these units stands as a code point of its own, from U+10000 on, so that both orders agree.
 */

const FIRST_UNIT = 0xd8_00;
const FIRST_CODE_POINT = 0x1_00_00;

/** An id as it stands in the sorted set. */
export function sortedForm(id: string): string {
  return id.replaceAll(/[\ud800-\uffff]/g, (unit) =>
    String.fromCodePoint(unit.charCodeAt(0) - FIRST_UNIT + FIRST_CODE_POINT),
  );
}

/** The inverse of {@link sortedForm}. */
export function idOf(sorted: string): string {
  return sorted.replaceAll(/[\u{10000}-\u{127ff}]/gu, (character) =>
    String.fromCharCode((character.codePointAt(0) ?? 0) - FIRST_CODE_POINT + FIRST_UNIT),
  );
}
