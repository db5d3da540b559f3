import { describe, expect, it } from 'vitest';
import { csvRecords } from '../src/import/csv-records.ts';
import { textLines } from '../src/import/text-lines.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function read(text: string | Uint8Array, size = 1_000): Promise<unknown[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const found: unknown[] = [];
  for await (const record of csvRecords(textLines(pieces(bytes, size)), 3)) {
    found.push('fields' in record ? [record.line, ...record.fields] : record);
  }
  return found;
}

describe('CSV records', () => {
  it.each([1, 2, 3, 1_000])('are the same when the file comes in pieces of %i bytes', async (size) => {
    expect(await read('a,b,c\r\n1,"2,""x""",3\r\n\r\n4,5,6', size)).toEqual([
      [1, 'a', 'b', 'c'],
      [2, '1', '2,"x"', '3'],
      [4, '4', '5', '6'],
    ]);
  });

  it('can have quoted fields over several lines', async () => {
    expect(await read('1,"two\nlines",3\n4,5,6\n')).toEqual([
      [1, '1', 'two\nlines', '3'],
      [3, '4', '5', '6'],
    ]);
  });

  it('lose one line to a quote that is never closed', async () => {
    expect(await read('1,"2,3\n4,5,6\n7,8,9\n')).toEqual([
      { line: 1, problem: 'a quote is not closed' },
      [2, '4', '5', '6'],
      [3, '7', '8', '9'],
    ]);
  });

  it('lose one line to a quote that the next quoted line seems to close', async () => {
    expect(await read('1,"2,3\n4,"5,x",6\n7,8,9\n')).toEqual([
      { line: 1, problem: 'its quotes do not match' },
      [2, '4', '5,x', '6'],
      [3, '7', '8', '9'],
    ]);
  });

  it('keep a quote within a field that has none around it', async () => {
    expect(await read('1,7" frame,3\n')).toEqual([[1, '1', '7" frame', '3']]);
  });

  it('are Windows-1252 without a byte-order mark, and UTF-8 with one', async () => {
    expect(await read(Uint8Array.of(0x31, 0x2c, 0xa3, 0x80, 0x2c, 0x33))).toEqual([[1, '1', '£€', '3']]);
    for (const size of [1, 2, 100]) expect(await read('\uFEFF1,£€,3', size)).toEqual([[1, '1', '£€', '3']]);
  });

  it('are skipped when a line is longer than any record', async () => {
    expect(await read(`1,${'x'.repeat(200_000)},3\n4,5,6\n`)).toEqual([
      { line: 1, problem: 'the line is too long' },
      [2, '4', '5', '6'],
    ]);
  });
});
