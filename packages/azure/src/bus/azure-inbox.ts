import { hash } from 'node:crypto';
import type { TransactionAction } from '@azure/data-tables';
import { systemClock, type Clock, type Inbox } from '@ndomain/core';
import type { AzureConnection, AzureTable } from '../connection/azure-connection.ts';
import { createRow, findRow, removeRow, replaceRow, type Row } from '../connection/rows.ts';
import { statusOf } from '../connection/azure-errors.ts';
import { escaped, keyOf } from '../escaping.ts';
import { INBOX } from '../names.ts';

/** A look at the next rows of the table follows after so many were added: it keeps pace, as it looks at as many. */
const SWEEP_EVERY = 1_000;
/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const MOST_OPERATIONS = 100;

/**
 * Which messages were handled, as rows of a table: each question and each answer is one request. Tables do not forget by themselves; so of
 * every 1,000 that are added one also looks at 1,000 rows of the table, in turn, and deletes what need not be remembered any more.
 *
 * It goes by the time of day: messages are remembered for days, longer by far than they can come again, so a clock that is off by an
 * hour makes no difference that counts.
 */
export class AzureInbox implements Inbox {
  readonly #table: AzureTable;
  readonly #clock: Clock;
  #added = 0;
  #sweptTo: string | undefined;

  /** Throws `ND_INVALID_OPTION` for a name that tables cannot have. */
  constructor(connection: AzureConnection, table: string, clock: Clock = systemClock) {
    this.#table = connection.table(table, 'recreate');
    this.#clock = clock;
  }

  async has(component: string, messageId: string): Promise<boolean> {
    const row = await findRow(this.#table, partitionOf(component, messageId), keyOf(messageId));
    return row !== undefined && keptUntil(row) > this.#clock.now();
  }

  async add(component: string, messageId: string, keepMs: number): Promise<void> {
    const until = Math.min(this.#clock.now() + keepMs, Date.UTC(9999, 0));
    const row = {
      partitionKey: partitionOf(component, messageId),
      rowKey: keyOf(messageId),
      [INBOX.keptUntil]: new Date(until).toISOString(),
    };
    while (!(await createRow(this.#table, row))) {
      const known = await findRow(this.#table, row.partitionKey, row.rowKey);
      if (known?.etag === undefined) continue;
      if (keptUntil(known) >= until || (await replaceRow(this.#table, row, known.etag))) return;
    }
    if (++this.#added % SWEEP_EVERY === 0) await this.#sweep();
  }

  async #sweep(): Promise<void> {
    const [page, next] = await this.#over();
    this.#sweptTo = next;
    for (const [partitionKey, rows] of Map.groupBy(page, (row) => row.partitionKey ?? '')) {
      for (let i = 0; i < rows.length; i += MOST_OPERATIONS) {
        await this.#delete(partitionKey, rows.slice(i, i + MOST_OPERATIONS));
      }
    }
  }

  /** The next rows that are over, and from where to go on. */
  #over(): Promise<[rows: readonly Row[], next: string | undefined]> {
    const filter = `${INBOX.keptUntil} lt '${new Date(this.#clock.now()).toISOString()}'`;
    return this.#table.run('tidy the inbox', async (client, options) => {
      const from = this.#sweptTo === undefined ? {} : { continuationToken: this.#sweptTo };
      const pages = client.listEntities<Row>({ ...options, queryOptions: { filter } }).byPage(from);
      for await (const page of pages) return [page, page.continuationToken];
      return [[], undefined];
    });
  }

  async #delete(partitionKey: string, rows: readonly Row[]): Promise<void> {
    const rowKeys = rows.map(({ rowKey = '' }) => rowKey);
    const actions: TransactionAction[] = rowKeys.map((rowKey) => ['delete', { partitionKey, rowKey }]);
    try {
      await this.#table.run('tidy the inbox', (client, options) => client.submitTransaction(actions, options));
    } catch (error) {
      // Another process has deleted one of them: then each has to go by itself.
      if (statusOf(error) !== 404) throw error;
      for (const rowKey of rowKeys) await removeRow(this.#table, partitionKey, rowKey);
    }
  }
}

function keptUntil(row: Row): number {
  return Date.parse(String(row[INBOX.keptUntil]));
}

/** 256 partitions for each component: one takes 2,000 rows a second. */
function partitionOf(component: string, messageId: string): string {
  return `${keyOf(component)}+${hash('sha256', escaped(messageId), 'hex').slice(0, 2)}`;
}
