import { streamIdOf } from '@ndomain/core';
import { describe, expect, it } from 'vitest';

const refused = (id: string): (() => string) => {
  return () => streamIdOf('Sale', id);
};

describe('an aggregate id', () => {
  it.each(['1', 'a/b', '日本語-👩‍👩‍👧', '\u0000', 'x'.repeat(1_024), '😀'.repeat(256)])('can be %j', (id) => {
    expect(streamIdOf('Sale', id)).toContain('Sale/');
  });

  it.each([
    ['', 'it must be a text that is not empty'],
    ['x'.repeat(1_025), 'it has 1025 bytes, at most 1024'],
    ['語'.repeat(342), 'it has 1026 bytes'],
    ['half \ud83d', 'half of a character (a lone surrogate): "half \\ud83d"'],
    ['\udc00\ud800', 'half of a character'],
  ])('cannot be %j', (id, problem) => {
    expect(refused(id)).toThrow(problem);
    expect(refused(id)).toThrow(expect.objectContaining({ code: 'ND_INVALID_ID' }) as Error);
  });
});
