import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CorruptEventError } from '@ndomain/core';
import { joined } from '../connection/binary-properties.ts';
import { STREAM_PROPERTIES } from '../names.ts';

/** Speed before size: packs are small, and written again with each append. */
const LEVEL = 1;

/** Consecutive events of a stream, in one row. */
export interface Pack {
  readonly first: number;
  readonly last: number;
  readonly lines: readonly string[];
}

/** The lines as they are stored. Deflated JSON is never longer than 0.9 of what it was, in bytes: its alphabet has no more in it. */
export function deflated(lines: readonly string[]): Buffer {
  return deflateRawSync(lines.join('\n'), { level: LEVEL });
}

/** The lines in a row, from the sequence id `first` on. Throws `ND_CORRUPT_EVENT`. */
export function linesOf(streamId: string, first: number, row: Readonly<Record<string, unknown>>): readonly string[] {
  const bytes = joined(STREAM_PROPERTIES.events, row);
  if (bytes.length === 0) return [];
  try {
    return inflateRawSync(bytes).toString().split('\n');
  } catch (error) {
    throw new CorruptEventError(streamId, first, error);
  }
}
