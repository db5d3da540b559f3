import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CorruptEventError } from '@ndomain/core';
import { STREAM_PROPERTIES } from '../names.ts';

/** A binary property holds 64 KiB: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-types */
const PART_BYTES = 61_440;
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

/** The properties that hold a pack's lines. */
export function eventProperties(bytes: Buffer): Record<string, Uint8Array> {
  const properties: Record<string, Uint8Array> = {};
  for (let part = 0; part * PART_BYTES < bytes.length; part++) {
    properties[STREAM_PROPERTIES.events + part] = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
  }
  return properties;
}

/** The lines in a row, from the sequence id `first` on. Throws `ND_CORRUPT_EVENT`. */
export function linesOf(streamId: string, first: number, row: Readonly<Record<string, unknown>>): readonly string[] {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = row[STREAM_PROPERTIES.events + parts.length];
    if (!(part instanceof Uint8Array)) break;
    parts.push(part);
  }
  if (parts.length === 0) return [];
  try {
    return inflateRawSync(Buffer.concat(parts)).toString().split('\n');
  } catch (error) {
    throw new CorruptEventError(streamId, first, error);
  }
}
