import assert from 'node:assert/strict';
import { copyPayload, decode, encode, isNDomainError } from '@ndomain/core';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { normalized, payload } from './arbitraries.ts';

const RUNS = { numRuns: 3_000 };

describe('Any payload', () => {
  it('G11 comes back from its text as it went in', () => {
    fc.assert(
      fc.property(payload, (value) => {
        assert.deepStrictEqual(decode(encode(value)), normalized(value));
      }),
      RUNS,
    );
  });

  it('G11 is copied exactly as it would come back from its text', () => {
    fc.assert(
      fc.property(payload, (value) => {
        assert.deepStrictEqual(copyPayload(value), decode(encode(value)));
      }),
      RUNS,
    );
  });

  it('G11 has a text that is the same again after a round trip', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const text = encode(value);
        assert.equal(encode(decode(text)), text);
      }),
      RUNS,
    );
  });

  it('G11 shares nothing with its copy', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const objects = new Set(objectsIn(value));
        for (const object of objectsIn(copyPayload(value))) assert.ok(!objects.has(object));
      }),
      RUNS,
    );
  });

  it('G11 is representable as text if and only if it can be copied, however deep it is', () => {
    for (const leaf of ['text', 5n, new Date(0), undefined, null]) {
      for (let depth = 1_995; depth <= 2_005; depth++) {
        for (const wrap of [
          (inner: unknown) => [inner],
          (inner: unknown) => ({ inner }),
          (inner: unknown) => new Map([['a', inner]]),
        ]) {
          let value: unknown = leaf;
          for (let i = 0; i < depth; i++) value = wrap(value);
          const outcomes = [() => decode(encode(value)), () => copyPayload(value)].map(outcomeOf);
          assert.equal(outcomes[0], outcomes[1], `${String(leaf)} within ${depth} levels`);
        }
      }
    }
  });
});

describe('A text', () => {
  it('that encode cannot have written is an error, never a wrong payload', () => {
    const texts = [
      '{"$date":"nonsense"}',
      '{"$date":5}',
      '{"$bigint":"x"}',
      '{"$number":"one"}',
      '{"$map":[1]}',
      '{"$set":{}}',
      '{"$what":1}',
      '{"$plain":[]}',
      '{"$bytes":5}',
      '{',
      '',
    ];
    for (const text of texts) assert.throws(() => decode(text), SyntaxError, text);
  });
});

function outcomeOf(body: () => unknown): string {
  try {
    body();
    return 'taken';
  } catch (error) {
    if (isNDomainError(error)) return error.code;
    throw error;
  }
}

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Map) return [value, ...[...value].flat().flatMap(objectsIn)];
  if (value instanceof Set) return [value, ...[...value].flatMap(objectsIn)];
  if (value instanceof Date || value instanceof Uint8Array) return [value];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}
