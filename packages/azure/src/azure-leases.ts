import { newId, systemClock, type Clock, type Lease, type Leases } from '@ndomain/core';
import type { AzureConnection, AzureTable } from './connection/azure-connection.ts';
import { createRow, findRow, findRows, replaceRow, type Row } from './connection/rows.ts';
import { ServiceClock } from './connection/service-clock.ts';
import { escaped, keyOf } from './escaping.ts';
import { LEASE as P } from './names.ts';

interface Known {
  readonly row: Row | undefined;
  readonly fence: number;
  readonly until: number;
}

/**
 * Leases as rows of a table, each conditional on its ETag, by the clock of the service. That one is told in whole seconds: so a lease is written to
 * end when it surely has lasted long enough, and is over when that surely has come. It lasts up to two seconds longer than was asked for, and
 * never ends earlier. A grant and a renewal are two requests each.
 */
export class AzureLeases implements Leases {
  readonly #table: AzureTable;
  readonly #clock: Clock;
  readonly #serviceClock: ServiceClock;

  /** Throws `ND_INVALID_OPTION` for a name that tables cannot have. */
  constructor(connection: AzureConnection, table: string, clock: Clock = systemClock) {
    this.#table = connection.table(table, 'recreate');
    this.#clock = clock;
    this.#serviceClock = new ServiceClock(clock);
  }

  async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    const askedAt = this.#clock.monotonic();
    const { row, fence, until } = await this.#find(name);
    if (until > this.#serviceClock.earliest()) return undefined;
    const lease: Lease = { name, owner, fence: fence + 1, wasAbandoned: until > 0 };
    return (await this.#write(row, lease, this.#endOf(askedAt, durationMs))) ? lease : undefined;
  }

  async renew(lease: Lease, durationMs: number): Promise<boolean> {
    const askedAt = this.#clock.monotonic();
    const { row, fence, until } = await this.#find(lease.name);
    if (row === undefined || fence !== lease.fence || until <= this.#serviceClock.earliest()) return false;
    return this.#write(row, lease, this.#endOf(askedAt, durationMs));
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
    const filter = `PartitionKey eq '${P.partition}' and ${range}`;
    const rows = await findRows(this.#table, filter, this.#serviceClock.asking());
    const now = this.#serviceClock.earliest();
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
    const row = await findRow(this.#table, P.partition, keyOf(name), undefined, this.#serviceClock.asking());
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

  /** The holder counts from when it asked: so it is the time of then that must not be taken for earlier than it was. */
  #endOf(askedAt: number, durationMs: number): number {
    return Math.ceil(this.#serviceClock.latestAt(askedAt) + durationMs);
  }
}
