import { copyPayload, decode, encode, isNDomainError } from '@ndomain/core';
import { describe, expect, it } from 'vitest';

const both: [how: string, roundTrip: (value: unknown) => unknown][] = [
  ['on the wire', (value) => decode(encode(value))],
  ['in process', copyPayload],
];

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

function nested(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { value } : [value];
  return value;
}

class Point {
  readonly x = 1;
}

describe.each(both)('G11: a payload comes back as it went in, %s', (_, roundTrip) => {
  it.each<[string, unknown]>([
    ['plain JSON', { a: [1, 'two', true, null], b: { c: {} } }],
    ['unicode, also half of a pair', { text: '価格 😀 \u0000 \ud800' }],
    ['Date', { at: new Date('2010-12-01T08:26:00.123Z') }],
    ['bigint', { n: 2n ** 80n, negative: -1n }],
    ['Map with objects as keys', new Map<unknown, unknown>([[{ k: 1 }, new Map([['x', new Set([1n])]])]])],
    ['Set', new Set(['a', new Date(0)])],
    ['Uint8Array', { bytes: new Uint8Array([0, 127, 255]) }],
    ['numbers that JSON does not have', [Number.NaN, Infinity, -Infinity, -0]],
    ['objects that look like our tags', { $date: 'not a date' }],
    ['nested look-alikes', { $plain: { $map: [[{ $set: 1 }, { $bigint: 'x', other: 1 }]] } }],
    ['look-alikes with a Date in them', { $date: { at: new Date(1), $bytes: 'x' } }],
    ['dollars in texts', { price: '$5', text: '{"$date":"x"}' }],
    ['null', null],
    ['a text', 'just a text'],
    ['500 levels', nested(500)],
  ])('%s', (_name, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  it('keeps a member named __proto__ a member', () => {
    const value: unknown = JSON.parse('{"__proto__": {"polluted": true}, "when": 1}');
    const back = roundTrip(value);
    expect(Object.keys(back as object)).toEqual(['__proto__', 'when']);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  it('lets undefined members vanish, as JSON does, and keeps undefined elements', () => {
    const at = new Date(0);
    expect(roundTrip({ a: undefined, list: [undefined, 1], at })).toStrictEqual({ list: [undefined, 1], at });
    const nested = [undefined, new Set([undefined]), new Map([[undefined, undefined]]), [[undefined]]];
    expect(roundTrip(nested)).toStrictEqual(nested);
    expect(roundTrip({ $undefined: true })).toStrictEqual({ $undefined: true });
  });

  it('turns a Buffer into the bytes that it is', () => {
    expect(roundTrip({ bytes: Buffer.from('abc') })).toStrictEqual({ bytes: new Uint8Array([97, 98, 99]) });
  });

  it('gives objects of their own', () => {
    const value = { list: [{ n: 1 }], at: new Date(0), map: new Map([['k', { n: 1 }]]) };
    const back = roundTrip(value) as typeof value;
    back.list[0] = { n: 2 };
    back.at.setFullYear(1999);
    back.map.clear();
    expect(value).toStrictEqual({ list: [{ n: 1 }], at: new Date(0), map: new Map([['k', { n: 1 }]]) });
  });

  it.each<[string, unknown, string]>([
    ['a function', { order: { lines: [{ price: () => 1 }] } }, '$.order.lines[0].price'],
    ['a symbol', { s: Symbol('s') }, '$.s'],
    // oxlint-disable-next-line no-sparse-arrays -- the hole is what it is about
    ['a hole', { list: [1, , 3] }, '$.list[1]'],
    ['a member under a symbol', { a: 1, [Symbol('hidden')]: { b: 2 } }, '$[Symbol(hidden)]'],
    [
      'a member under a symbol',
      { a: undefined, inner: { gone: undefined, [Symbol('too')]: 1 } },
      '$.inner[Symbol(too)]',
    ],
    ['an instance of URL', new URL('http://x/'), '$'],
    ['an instance of Promise', Promise.resolve(1), '$'],
    ['an instance of Error', new Error('x'), '$'],
    ['a cycle', { cyclic }, '$.cyclic.self'],
    ['a class outside the map', { list: [new Point()] }, '$.list[0]'],
    ['a regular expression', new Map([['k', /x/]]), '$.values[0]'],
    ['an invalid date', { at: new Date('tomorrow-ish') }, '$.at'],
    ['a weak map', new Set([new WeakMap()]), '$[0]'],
  ])('refuses %s, and names the place', (_name, value, path) => {
    let thrown: unknown;
    try {
      roundTrip(value);
    } catch (error) {
      thrown = error;
    }
    expect(isNDomainError(thrown, 'ND_NOT_REPRESENTABLE')).toBe(true);
    expect(thrown).toMatchObject({ path });
  });

  it('refuses an absurd depth instead of overflowing the stack', () => {
    expect(() => roundTrip(nested(100_000))).toThrow(expect.objectContaining({ code: 'ND_NOT_REPRESENTABLE' }));
  });
});

describe('the text on disk', () => {
  it('is plain JSON for plain JSON', () => {
    const value = { saleId: '85123A', lines: [{ price: 255, note: 'WHITE "HANGING" HEART' }], none: null };
    expect(encode(value)).toBe(JSON.stringify(value));
  });

  it('is the documented one for the rest', () => {
    expect(encode({ at: new Date(0), n: 1n, m: new Map([['a', 1]]), s: new Set([1]), b: new Uint8Array([1]) })).toBe(
      '{"at":{"$date":"1970-01-01T00:00:00.000Z"},"n":{"$bigint":"1"},"m":{"$map":[["a",1]]},"s":{"$set":[1]},"b":{"$bytes":"AQ=="}}',
    );
  });

  it.each(['{"$unknown":1}', '{"$date":1}', '{"$map":[1]}', '{"$bigint":"x"}', '{"$plain":1}', 'nonsense'])(
    'that nobody here can have written is refused: %s',
    (text) => {
      expect(() => decode(text)).toThrow(SyntaxError);
    },
  );
});
