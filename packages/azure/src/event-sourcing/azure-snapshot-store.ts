import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decode, encode, PayloadTooLargeError, type Snapshot, type SnapshotStore } from '@ndomain/core';
import type { AzureConnection, AzureTable } from '../connection/azure-connection.ts';
import { joined, ROW_BYTES, split } from '../connection/binary-properties.ts';
import { createRow, findRow, replaceRow } from '../connection/rows.ts';
import { keyOf } from '../escaping.ts';
import { SNAPSHOT as P } from '../names.ts';

/**
 * Snapshots in a table: the newest of each stream. Loading one is one request, saving one is two. A State takes up to 1 MiB deflated; beyond it
 * `save` throws `ND_PAYLOAD_TOO_LARGE`. A table that was deleted is made again: it is a cache.
 */
export class AzureSnapshotStore implements SnapshotStore {
  readonly #table: AzureTable;

  /** Throws `ND_INVALID_OPTION` for a name that tables cannot have. */
  constructor(connection: AzureConnection, table: string) {
    this.#table = connection.table(table, 'recreate');
  }

  /** A snapshot that cannot be decoded is none: it is a cache. */
  async load(streamId: string): Promise<Snapshot | undefined> {
    const row = await findRow(this.#table, keyOf(streamId), P.row);
    if (row === undefined) return undefined;
    try {
      const data = decode(inflateRawSync(joined(P.data, row)).toString());
      return { version: Number(row[P.version]), madeBy: String(row[P.madeBy]), data };
    } catch {
      return undefined;
    }
  }

  async save(streamId: string, { version, madeBy, data }: Snapshot): Promise<void> {
    const bytes = deflateRawSync(encode(data));
    if (bytes.length > ROW_BYTES) {
      throw new PayloadTooLargeError(`The snapshot of "${streamId}", deflated,`, bytes.length, ROW_BYTES);
    }
    const row = {
      partitionKey: keyOf(streamId),
      rowKey: P.row,
      [P.streamId]: streamId,
      [P.version]: version,
      [P.madeBy]: madeBy,
      ...split(P.data, bytes),
    };
    // Each time that it is refused somebody else has saved another one: it ends when that is newer, or nobody is faster.
    for (;;) {
      const known = await findRow(this.#table, row.partitionKey, P.row, [P.version, P.madeBy]);
      const isOlder = known !== undefined && known[P.madeBy] === madeBy && Number(known[P.version]) > version;
      if (isOlder) return;
      const etag = known?.etag;
      if (etag === undefined ? await createRow(this.#table, row) : await replaceRow(this.#table, row, etag)) return;
    }
  }
}
