import { newId, type Lease, type Leases } from '@ndomain/core';
import type { AzureConnection, AzureTable } from './connection/azure-connection.ts';
import { createRow, findRow, findRows, replaceRow, type Row } from './connection/rows.ts';
import { ServiceClock } from './connection/service-clock.ts';
import { escaped, keyOf } from './escaping.ts';
import { LEASE as P } from './names.ts';

/** What is granted in seconds must not end before its time: the service's clock is known to the second. */
const RESOLUTION_MS = 1_000;

interface Known {
  readonly row: Row | undefined;
  readonly fence: number;
  readonly until: number;
}

/**
 * Leases as rows of a table, each conditional on its ETag, by the clock of the service. That one is told in whole seconds, so a lease
 * lasts up to two seconds longer than was asked for, and never ends earlier. A grant and a renewal are two requests each.
 */
export class AzureLeases implements Leases {
  readonly #table: AzureTable;
  readonly #clock = new ServiceClock();

  /** Throws `ND_INVALID_OPTION` for a name that tables cannot have. */
  constructor(connection: AzureConnection, table: string) {
    this.#table = connection.table(table, 'recreate');
  }

  async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    const { row, fence, until } = await this.#find(name);
    const now = this.#clock.now();
    if (until > now) return undefined;
    const lease: Lease = { name, owner, fence: fence + 1, wasAbandoned: until > 0 };
    return (await this.#write(row, lease, endOf(now, durationMs))) ? lease : undefined;
  }

  async renew(lease: Lease, durationMs: number): Promise<boolean> {
    const { row, fence, until } = await this.#find(lease.name);
    const now = this.#clock.now();
    if (row === undefined || fence !== lease.fence || until <= now) return false;
    return this.#write(row, lease, endOf(now, durationMs));
  }

  async release(lease: Lease): Promise<void> {
    const { row, fence } = await this.#find(lease.name);
    // When it is refused somebody else has it by now.
    if (row !== undefined && fence === lease.fence) await this.#write(row, lease, 0);
  }

  async list(prefix: string): Promise<readonly Lease[]> {
    // `~` is the highest sign that an escaped text can go on with, and never follows itself.
    const from = escaped(prefix);
    const range = `RowKey ge '${from}' and RowKey lt '${from}~~'`;
    const rows = await this.#clock.watch((onResponse) =>
      findRows(this.#table, `PartitionKey eq '${P.partition}' and ${range}`, onResponse),
    );
    const now = this.#clock.now();
    return rows
      .filter((row) => Number(row[P.until]) > now)
      .map((row) => ({
        name: String(row[P.name]),
        owner: String(row[P.owner]),
        fence: Number(row[P.fence]),
        wasAbandoned: false,
      }));
  }

  async #find(name: string): Promise<Known> {
    const row = await this.#clock.watch((onResponse) =>
      findRow(this.#table, P.partition, keyOf(name), undefined, onResponse),
    );
    return { row, fence: Number(row?.[P.fence] ?? 0), until: Number(row?.[P.until] ?? 0) };
  }

  /** False when the row is not any more as it was read. */
  async #write(known: Row | undefined, { name, owner, fence }: Lease, until: number): Promise<boolean> {
    const attempt = newId();
    const row = {
      partitionKey: P.partition,
      rowKey: keyOf(name),
      [P.name]: name,
      [P.owner]: owner,
      [P.fence]: fence,
      [P.until]: String(until),
      [P.attempt]: attempt,
    };
    const isWritten =
      known?.etag === undefined ? await createRow(this.#table, row) : await replaceRow(this.#table, row, known.etag);
    // Perhaps a first try was written, and its answer lost.
    return isWritten || (await findRow(this.#table, P.partition, row.rowKey))?.[P.attempt] === attempt;
  }
}

function endOf(now: number, durationMs: number): number {
  return Math.ceil(now + RESOLUTION_MS + durationMs);
}
