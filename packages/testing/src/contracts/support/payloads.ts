/** A payload that has to come back as it went in (G11). */
export interface Sample {
  readonly name: string;
  readonly payload: unknown;
  /** What comes back, when it is not the same. */
  readonly expected?: unknown;
}

/** G11: one sample of each thing that a payload can hold, and of each that has been lost on the way by somebody. */
export const SAMPLES: readonly Sample[] = [
  { name: 'texts in many scripts', payload: { text: 'Grüße, 日本語, العربية, 👩‍👩‍👧, \u0000\u001f\u2028' } },
  { name: 'a lone surrogate', payload: { text: 'a\ud83db' } },
  { name: 'quotes, backslashes and line ends', payload: { text: '"\\\'\r\n\t`${}' } },
  { name: 'numbers', payload: [0, -0, 1.5, -1e300, 5e-324, 2 ** 53 - 1, NaN, Infinity, -Infinity] },
  { name: 'a number above 2^53 as bigint', payload: { big: 9_007_199_254_740_993n, negative: -(10n ** 40n) } },
  { name: 'booleans and null', payload: { yes: true, no: false, none: null } },
  { name: 'dates', payload: { at: new Date('2010-12-01T08:26:00.123Z'), old: new Date(-1), far: new Date(8.64e15) } },
  { name: 'bytes', payload: { empty: new Uint8Array(), all: Uint8Array.from({ length: 256 }, (_, i) => i) } },
  {
    name: 'maps',
    payload: new Map<unknown, unknown>([
      ['a', 1],
      [2, new Map([[{ key: 'object' }, null]])],
    ]),
  },
  { name: 'sets', payload: { tags: new Set<unknown>(['a', 1, 1n, null, new Set()]) } },
  { name: 'empty things', payload: { object: {}, array: [], text: '', map: new Map(), set: new Set() } },
  { name: 'nesting', payload: { a: [{ b: [[{ c: new Map([['d', [new Date(0)]]]) }]] }] } },
  { name: 'deep nesting', payload: nested(500) },
  { name: 'a member named __proto__', payload: JSON.parse('{"__proto__":{"admin":true},"a":1}') as unknown },
  { name: 'members named as in classes', payload: { constructor: 1, toString: 'a', hasOwnProperty: null, length: 3 } },
  { name: 'what looks like our own marks', payload: [{ $date: 'no date' }, { $map: [[1, 2]] }, { $plain: { $x: 1 } }] },
  {
    name: 'members that are undefined vanish',
    payload: { a: undefined, b: { c: undefined, d: 1 } },
    expected: { b: { d: 1 } },
  },
  {
    name: 'a mark that an undefined member hides',
    payload: { $date: 'no date', gone: undefined },
    expected: { $date: 'no date' },
  },
  {
    name: 'undefined in arrays, maps and sets',
    payload: [undefined, 1, new Map([['a', undefined]]), new Set([undefined])],
  },
  { name: 'a text alone', payload: 'alone' },
  { name: 'null alone', payload: null },
  { name: 'nothing at all is null', payload: undefined, expected: null },
];

/** What no payload can hold, with the path that the error has to name. */
export const UNREPRESENTABLE: readonly { readonly name: string; readonly payload: unknown; readonly path: string }[] = [
  { name: 'a function', payload: { a: [1, () => 1] }, path: '$.a[1]' },
  { name: 'a symbol', payload: { a: Symbol('s') }, path: '$.a' },
  { name: 'a cycle', payload: cyclic(), path: '$.self' },
  { name: 'an instance of a class', payload: { inner: { pattern: /x/ } }, path: '$.inner.pattern' },
  { name: 'an invalid date', payload: { at: new Date(NaN) }, path: '$.at' },
];

function nested(levels: number): unknown {
  let value: unknown = { bottom: true };
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
}

function cyclic(): unknown {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}
