import { randomBytes } from 'node:crypto';
import { odata } from '@azure/data-tables';
import { newId, type Clock, type DeadLetter, type DeadLetters } from '@ndomain/core';
import { codeOf } from '../../connection/azure-errors.ts';
import type { AzureTable } from '../../connection/azure-connection.ts';
import type { ServiceClock } from '../../connection/service-clock.ts';
import type { ClaimChecks } from './claim-checks.ts';
import {
  deadLetterOf,
  deadLetterRow,
  type BuriedMessage,
  type DeadLetterRow,
  type StoredDeadLetter,
} from './dead-letter-rows.ts';
import { Limit } from './limit.ts';
import { outgoing, type Outgoing } from './outgoing.ts';
import { deadLetterKey } from './queue-names.ts';
import { MOST_INLINE_BYTES } from './queue-text.ts';
import { changeRows, chunksOf } from './row-changes.ts';
import { pagesOf } from './table-pages.ts';

const BLOBS_AT_ONCE = 16;
/** For so long nobody else retries what one is retrying. After it, what a dead process left is there to be retried again. */
const RETRY_MS = 60_000;
const ALL = odata`RowKey ge ${''}`;
/** An id: when it was given up, a number for what was given up in one millisecond, and something random for other processes. */
const ID = /^\d{15}-\d{6}-[0-9a-f]{8}$/;

/** Puts messages back to where they came from, before all others where their place can be kept. */
export type SendBack = (messages: readonly Outgoing[]) => Promise<void>;

/** What dead letters need of the transport that they are of. */
export interface DeadLetterServices {
  readonly claims: ClaimChecks;
  readonly clock: Clock;
  readonly serviceClock: ServiceClock;
}

/** The dead letters of one endpoint: a partition of a table, in the order in which they were given up. They never expire. */
export class AzureDeadLetters implements DeadLetters {
  readonly #endpoint: string;
  readonly #partitionKey: string;
  readonly #table: AzureTable;
  readonly #claims: ClaimChecks;
  readonly #clock: Clock;
  readonly #serviceClock: ServiceClock;
  readonly #sendBack: SendBack;
  readonly #limit = new Limit(BLOBS_AT_ONCE);
  readonly #random = randomBytes(4).toString('hex');
  #lastAt = 0;
  #number = 0;

  constructor(
    endpoint: string,
    table: AzureTable,
    { claims, clock, serviceClock }: DeadLetterServices,
    sendBack: SendBack,
  ) {
    this.#endpoint = endpoint;
    this.#partitionKey = deadLetterKey(endpoint);
    this.#table = table;
    this.#claims = claims;
    this.#clock = clock;
    this.#serviceClock = serviceClock;
    this.#sendBack = sendBack;
  }

  /**
   * The id of a dead letter that is to be added. Ids sort in the order in which they were made here, also when the clock is set back; of
   * several processes by their times of day, because nothing depends on the order of what several have given up.
   */
  newId(): string {
    const now = Math.max(this.#clock.now(), this.#lastAt);
    this.#number = now === this.#lastAt ? this.#number + 1 : 0;
    this.#lastAt = now;
    const at = String(Math.floor(now)).padStart(15, '0');
    return `${at}-${String(this.#number).padStart(6, '0')}-${this.#random}`;
  }

  /** A large message gets a blob of its own again: the one it came with goes when it is acknowledged. */
  async add(rowKey: string, buried: BuriedMessage): Promise<void> {
    const body = Buffer.from(buried.text);
    const isLarge = body.length > MOST_INLINE_BYTES;
    const place = isLarge ? { Blob: await this.#claims.put(this.#endpoint, buried.text) } : { Body: body };
    const row = { partitionKey: this.#partitionKey, rowKey, ...deadLetterRow(buried), ...place };
    // Replaced when it is there: then an earlier try of this same write has put it there.
    await this.#table.run('write a dead letter', (table, options) => table.upsertEntity(row, 'Replace', options));
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const page of this.#pages(ALL, ['rowKey'])) count += page.length;
    return count;
  }

  async list({
    after = '',
    limit,
  }: {
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<readonly DeadLetter[]> {
    const rows: StoredDeadLetter[] = [];
    for await (const page of this.#pages(odata`RowKey gt ${after}`, undefined, limit)) {
      rows.push(...page);
      if (rows.length >= limit) break;
    }
    return Promise.all(rows.slice(0, limit).map((row) => this.#opened(row)));
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const row = ID.test(id) ? await this.#row(id) : undefined;
    return row === undefined ? undefined : this.#opened(row);
  }

  async keys(): Promise<readonly string[]> {
    const keys = new Set<string>();
    for await (const page of this.#pages(ALL, ['OrderingKey'])) {
      for (const { OrderingKey } of page) if (OrderingKey !== undefined) keys.add(OrderingKey);
    }
    return [...keys];
  }

  /** A process that dies in the middle leaves letters whose messages may have been sent back: retried again, they are sent twice. */
  async retry(ids: readonly string[] | 'all'): Promise<number> {
    const rows = (await this.#which(ids)).filter(({ IsBroken }) => IsBroken !== true);
    let count = 0;
    // The last first, because each goes before all that wait.
    for (const chunk of chunksOf(rows).toReversed()) count += await this.#retry(chunk);
    return count;
  }

  async purge(ids: readonly string[] | 'all'): Promise<number> {
    let count = 0;
    for (const chunk of chunksOf(await this.#which(ids))) count += (await this.#delete(chunk)).length;
    return count;
  }

  async #retry(rows: readonly StoredDeadLetter[]): Promise<number> {
    const claimed = await this.#claim(rows.filter((row) => Number(row.RetriedUntil ?? 0) <= this.#serviceClock.now()));
    const letters = await Promise.all((await this.#whole(claimed)).map((row) => this.#opened(row)));
    const ready = letters.filter(({ message }) => message !== undefined);
    const messages = ready.flatMap(({ message }) => (message === undefined ? [] : [message]));
    try {
      await this.#sendBack(messages.map((message) => outgoing(message, this.#clock)));
    } catch (error) {
      await this.#disclaim(claimed);
      throw error;
    }
    const sent = new Set(ready.map(({ id }) => id));
    await this.#delete(claimed.filter(({ rowKey = '' }) => sent.has(rowKey)));
    return ready.length;
  }

  /** The same rows with their bodies, in order. */
  async #whole(rows: readonly StoredDeadLetter[]): Promise<readonly StoredDeadLetter[]> {
    const [first, last] = [rows[0]?.rowKey, rows.at(-1)?.rowKey];
    if (first === undefined || last === undefined) return [];
    const wanted = new Set(rows.map(({ rowKey }) => rowKey));
    const found: StoredDeadLetter[] = [];
    for await (const page of this.#pages(odata`RowKey ge ${first} and RowKey le ${last}`)) {
      for (const row of page) if (wanted.has(row.rowKey)) found.push(row);
    }
    return found;
  }

  /** Of several who retry at once each gets what it was first to claim. Returns those with what stands there now. */
  async #claim(rows: readonly StoredDeadLetter[]): Promise<StoredDeadLetter[]> {
    const claim = { RetriedUntil: String(Math.ceil(this.#serviceClock.now() + RETRY_MS)), RetriedBy: newId() };
    const claimed = await changeRows(this.#table, 'change dead letters', rows, ({ rowKey = '', etag }) => [
      'update',
      { partitionKey: this.#partitionKey, rowKey, ...claim },
      'Merge',
      { etag },
    ]);
    // What somebody else has claimed may be ours all the same: an earlier try, whose answer was lost.
    const others = rows.filter((row) => !claimed.includes(row));
    const again = await Promise.all(others.map(({ rowKey = '' }) => this.#limit.run(() => this.#row(rowKey))));
    for (const row of again) if (row?.RetriedBy === claim.RetriedBy) claimed.push(row);
    return claimed.sort((a, b) => ((a.rowKey ?? '') < (b.rowKey ?? '') ? -1 : 1));
  }

  /** Lets others retry them at once. Where that cannot be said either, they may after a while. */
  async #disclaim(rows: readonly StoredDeadLetter[]): Promise<void> {
    try {
      await changeRows(this.#table, 'change dead letters', rows, ({ rowKey = '' }) => [
        'update',
        { partitionKey: this.#partitionKey, rowKey, RetriedUntil: '0' },
        'Merge',
      ]);
    } catch {
      // What is to be reported is why they could not be sent.
    }
  }

  async #delete(rows: readonly StoredDeadLetter[]): Promise<readonly StoredDeadLetter[]> {
    const deleted = await changeRows(this.#table, 'change dead letters', rows, ({ rowKey = '' }) => [
      'delete',
      { partitionKey: this.#partitionKey, rowKey },
    ]);
    await Promise.all(deleted.map(({ Blob: blob }) => this.#limit.run(() => this.#claims.discard(blob))));
    return deleted;
  }

  async #which(ids: readonly string[] | 'all'): Promise<readonly StoredDeadLetter[]> {
    if (ids !== 'all') {
      const known = [...new Set(ids)].filter((id) => ID.test(id)).sort();
      const rows = await Promise.all(known.map((id) => this.#limit.run(() => this.#row(id))));
      return rows.filter((row) => row !== undefined);
    }
    const rows: StoredDeadLetter[] = [];
    // Without the bodies: there may be thousands.
    for await (const page of this.#pages(ALL, ['rowKey', 'IsBroken', 'Blob', 'RetriedUntil'])) rows.push(...page);
    return rows;
  }

  async #row(rowKey: string): Promise<StoredDeadLetter | undefined> {
    try {
      return await this.#table.run('read a dead letter', (table, options) =>
        table.getEntity<DeadLetterRow>(this.#partitionKey, rowKey, {
          ...options,
          onResponse: this.#serviceClock.asking(),
        }),
      );
    } catch (error) {
      if (codeOf(error) === 'ResourceNotFound') return undefined;
      throw error;
    }
  }

  /** In order, those that a condition on their keys selects. */
  #pages(condition: string, select?: string[], pageSize?: number): AsyncGenerator<StoredDeadLetter[]> {
    return pagesOf<Partial<DeadLetterRow>>(this.#table, 'read dead letters', {
      filter: `${odata`PartitionKey eq ${this.#partitionKey}`} and ${condition}`,
      select,
      ...(pageSize === undefined ? {} : { pageSize }),
      options: (options) => ({ ...options, onResponse: this.#serviceClock.asking() }),
    });
  }

  async #opened(row: StoredDeadLetter): Promise<DeadLetter> {
    const { Body: body, Blob: blob } = row;
    const text =
      blob === undefined ? Buffer.from(body ?? []).toString() : await this.#limit.run(() => this.#claims.get(blob));
    return deadLetterOf(this.#endpoint, row, text);
  }
}
