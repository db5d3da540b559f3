import { CsvError, parse } from 'csv-parse/sync';
import type { TextLine } from './text-lines.ts';

/** A record of a CSV file, or what is wrong where one should be. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** A quoted field may go on over so many lines. What is still open then is a stray quote. */
const MOST_LINES = 20;

/**
 * Reads records, one after the other. A record with broken quotes costs itself alone: the next line begins anew, so one stray
 * quote cannot swallow the rest of a file. Blank lines are no records.
 */
export async function* csvRecords(lines: AsyncIterable<TextLine>, columns: number): AsyncGenerator<CsvRecord> {
  // Lines that a quoted field might go on over: more than one only while a quote is open.
  const open: TextLine[] = [];
  for await (const line of lines) {
    if (open.length === 0 && isPlain(line)) {
      if (line.text.trim() !== '') yield { line: line.number, fields: line.text.split(',') };
      continue;
    }
    open.push(line);
    yield* settle(open, columns, false);
  }
  yield* settle(open, columns, true);
}

function isPlain({ text, isCut }: TextLine): boolean {
  return !isCut && !text.includes('"');
}

/** Takes from the open lines what can be decided, and leaves those that may yet become a record. */
function* settle(open: TextLine[], columns: number, isEnd: boolean): Generator<CsvRecord> {
  for (let first = open[0]; first !== undefined; first = open[0]) {
    const found = recordAt(first, open, columns, isEnd);
    if (found === undefined) return;
    open.splice(0, found.length);
    if (found.record !== undefined) yield found.record;
  }
}

interface Found {
  /** How many lines it takes. */
  readonly length: number;
  /** Undefined: a blank line. */
  readonly record: CsvRecord | undefined;
}

/** The record that begins with the first of the open lines; undefined while it takes more lines to tell. */
function recordAt(first: TextLine, open: readonly TextLine[], columns: number, isEnd: boolean): Found | undefined {
  const broken = (problem: string): Found => ({ length: 1, record: { line: first.number, problem } });
  if (first.isCut) return broken('the line is too long');
  if (first.text.trim() === '') return { length: 1, record: undefined };
  let text = '';
  for (let length = 1; length <= open.length; length++) {
    const line = open[length - 1];
    if (line === undefined || line.isCut) break;
    text += length === 1 ? line.text : `\n${line.text}`;
    const fields = fieldsOf(text);
    if (fields === 'open') continue;
    if (fields === 'broken' || (length > 1 && fields.length !== columns)) return broken('its quotes do not match');
    return { length, record: { line: first.number, fields } };
  }
  const isDecided = isEnd || open.length >= MOST_LINES || open.some(({ isCut }) => isCut);
  return isDecided ? broken('a quote is not closed') : undefined;
}

function fieldsOf(text: string): readonly string[] | 'open' | 'broken' {
  if (!text.includes('"')) return text.split(',');
  try {
    const [fields = []] = parse(text, { relax_column_count: true, relax_quotes: true, record_delimiter: '\u0000' });
    return fields;
  } catch (error) {
    if (error instanceof CsvError) return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
    throw error;
  }
}
