import { hash } from 'node:crypto';
import { escaped } from '../escaping.ts';

/** A blob's name has 1,024 characters at most: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#blob-names */
const LONGEST_NAME = 1_000;
const DIGEST_LENGTH = 44;

export interface ReadModel {
  readonly id: string;
  readonly version: number;
  /** Encoded. */
  readonly data: string;
}

/** The blob of a read model: its escaped id, so that blobs are listed in the order of their ids; a long one ends in a digest of all of it. */
export function blobNameOf(id: string): string {
  const name = escaped(id);
  if (name.length <= LONGEST_NAME) return name;
  const digest = hash('sha256', Buffer.from(id, 'utf16le'), 'base64url');
  return `${name.slice(0, LONGEST_NAME - DIGEST_LENGTH)}+${digest}`;
}

export function textOf(id: string, version: number, data: string): string {
  return `${JSON.stringify({ id, version })}\n${data}`;
}

export function readModelOf(text: string): ReadModel {
  const end = text.indexOf('\n');
  const { id, version } = JSON.parse(text.slice(0, end)) as { id: string; version: number };
  return { id, version, data: text.slice(end + 1) };
}
