import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '../user-error.ts';
import { csvRecords } from './csv-records.ts';
import { COLUMNS, orderLineOf, type OrderLine } from './order-line.ts';
import { textLines } from './text-lines.ts';

/** What one line of the file turned out to be. */
export type FileLine =
  | { readonly order: OrderLine; readonly problem?: undefined }
  | { readonly line: number; readonly problem: string };

/** An order history on disk, read line by line: a file of any length fits in memory. */
export class OrderFile {
  readonly path: string;
  readonly bytes: number;
  #bytesRead = 0;

  private constructor(path: string, bytes: number) {
    this.path = path;
    this.bytes = bytes;
  }

  /** Throws `UserError` when there is no such file. */
  static async open(path: string): Promise<OrderFile> {
    try {
      const found = await stat(path);
      if (found.isFile()) return new OrderFile(path, found.size);
    } catch (error) {
      throw unreadable(path, error);
    }
    throw new UserError(`Cannot read ${path}: it is not a file. Give the path of a CSV file.`);
  }

  /** How far reading has come. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** The lines behind the header. Throws `UserError` when the header is not the expected one. */
  async *lines(): AsyncGenerator<FileLine> {
    let isHeader = true;
    for await (const record of csvRecords(textLines(this.#chunks()), COLUMNS.length)) {
      if (isHeader) {
        checkHeader(this.path, 'fields' in record ? record.fields : []);
        isHeader = false;
      } else if ('problem' in record) {
        yield record;
      } else {
        const order = orderLineOf(record.line, record.fields);
        yield typeof order === 'string' ? { line: record.line, problem: order } : { order };
      }
    }
    if (isHeader) checkHeader(this.path, []);
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of createReadStream(this.path) as AsyncIterable<Buffer>) {
        this.#bytesRead += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }
}

function checkHeader(path: string, found: readonly string[]): void {
  if (COLUMNS.length === found.length && COLUMNS.every((column, i) => column === found[i]?.trim())) return;
  const text = found.join(',');
  const shown = text === '' ? 'nothing' : `"${text.length > 100 ? `${text.slice(0, 100)}…` : text}"`;
  throw new UserError(`${path} is not an order history: expected the header "${COLUMNS.join(',')}", found ${shown}.`);
}

function unreadable(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new UserError(`Cannot read ${path}: there is no such file.`);
  if (code === 'EACCES' || code === 'EPERM') return new UserError(`Cannot read ${path}: permission denied.`);
  if (typeof code === 'string' && error instanceof Error) return new UserError(`Cannot read ${path}: ${error.message}`);
  return error;
}
