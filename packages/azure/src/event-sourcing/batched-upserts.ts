import type { TableEntity, TransactionAction } from '@azure/data-tables';
import type { AzureTable } from '../connection/azure-connection.ts';

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const MOST_OPERATIONS = 100;

interface Waiting {
  readonly row: TableEntity;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Upserts of rows of one partition, each with a key of its own: one transaction at a time, with all that were asked for while the last
 * one was on its way.
 */
export class BatchedUpserts {
  readonly #table: AzureTable;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(table: AzureTable) {
    this.#table = table;
  }

  /** Resolves when the row is stored. Throws as `AzureResource.run` does. */
  upsert(row: TableEntity): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      if (!this.#isWriting) void this.#write();
    });
  }

  /** Never rejects: who waits is told. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    for (;;) {
      const batch = this.#waiting.slice(0, MOST_OPERATIONS);
      this.#waiting = this.#waiting.slice(MOST_OPERATIONS);
      if (batch.length === 0) break;
      try {
        const actions: TransactionAction[] = batch.map(({ row }) => ['upsert', row, 'Replace']);
        await this.#table.run('write to the index', (client, options) => client.submitTransaction(actions, options));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
