import { escapedId, unescapedId } from '@ndomain/azure';
import { describe, expect, test } from 'vitest';

/** A unit of each kind, the borders between them, and those that come in pairs. */
const UNITS = '\u0000\u001f !"#%,-./09:;?@AZ[\\]^_`az{~\u007f\u0085é日\ud83d\ude00\udfff\ue000\uffff';

function randomText(seed: number): string {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  return Array.from({ length: next(8) }, () => UNITS[next(UNITS.length)]).join('');
}

const texts = Array.from({ length: 3_000 }, (_, seed) => randomText(seed * 7_919));

describe('an escaped id', () => {
  test('comes back, whatever it holds, broken pairs included', () => {
    for (const text of texts) expect(unescapedId(escapedId(text))).toBe(text);
  });

  test('holds only what keys, names of blobs and URLs take', () => {
    for (const text of texts) {
      expect(escapedId(text)).toMatch(/^[A-Za-z0-9!.@_~-]*$/);
      expect(escapedId(text)).not.toMatch(/\.$/);
    }
  });

  test('sorts as the id does, by UTF-16 units', () => {
    const byId = texts.toSorted();
    const byEscaped = texts.toSorted((a, b) => {
      const [one, other] = [escapedId(a), escapedId(b)];
      return one < other ? -1 : one > other ? 1 : 0;
    });
    expect(byEscaped).toEqual(byId);
  });

  test('begins with that of each of its beginnings, and with no other', () => {
    expect(escapedId('Sale/1')).toBe('Sale.2F1');
    for (const [i, text] of texts.entries()) {
      const other = texts[(i * 31) % texts.length] ?? '';
      expect(escapedId(text).startsWith(escapedId(other))).toBe(text.startsWith(other));
    }
  });
});
