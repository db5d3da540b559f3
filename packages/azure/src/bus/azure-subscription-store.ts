import { newId, type Subscription, type SubscriptionStore } from '@ndomain/core';
import type { AzureConnection, AzureTable } from '../connection/azure-connection.ts';
import { createRow, findRow, findRows, removeRow } from '../connection/rows.ts';
import { keyOf } from '../escaping.ts';
import { SUBSCRIPTIONS as P } from '../names.ts';
import { subscriptionFrom, subscriptionProperties } from './subscription-rows.ts';

/**
 * Subscriptions as rows of one partition: reading is one request for each 1,000 of them. A table that was deleted is made again; what was in it comes
 * back as each process starts.
 */
export class AzureSubscriptionStore implements SubscriptionStore {
  readonly #table: AzureTable;

  /** Throws `ND_INVALID_OPTION` for a name that tables cannot have. */
  constructor(connection: AzureConnection, table: string) {
    this.#table = connection.table(table, 'recreate');
  }

  async getAll(): Promise<readonly Subscription[]> {
    const rows = await findRows(this.#table, `PartitionKey eq '${P.partition}'`);
    return rows.map(subscriptionFrom);
  }

  // There are few subscriptions, and asking for all is one request too.
  async getByTopic(topic: string): Promise<readonly Subscription[]> {
    return (await this.getAll()).filter((subscription) => subscription.topic === topic);
  }

  async getByEndpoint(endpoint: string): Promise<readonly Subscription[]> {
    return (await this.getAll()).filter((subscription) => subscription.endpoint === endpoint);
  }

  async add(subscription: Subscription): Promise<boolean> {
    const attempt = newId();
    const rowKey = keyOf(subscription.id);
    const row = {
      partitionKey: P.partition,
      rowKey,
      ...subscriptionProperties(subscription),
      [P.attempt]: attempt,
    };
    if (await createRow(this.#table, row)) return true;
    // Perhaps it is there because the answer to a first try was lost.
    return (await findRow(this.#table, P.partition, rowKey))?.[P.attempt] === attempt;
  }

  /** When the answer of the service was lost and the removal repeated, it says that it was not there. */
  remove({ id }: Subscription): Promise<boolean> {
    return removeRow(this.#table, P.partition, keyOf(id));
  }
}
