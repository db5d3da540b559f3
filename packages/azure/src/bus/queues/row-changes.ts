import type { TransactionAction } from '@azure/data-tables';
import { codeOf, isConflict } from '../../connection/azure-errors.ts';
import type { AzureTable } from '../../connection/azure-connection.ts';

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const MOST_PER_TRANSACTION = 100;

/** As many as one transaction changes, each. */
export function chunksOf<T>(items: readonly T[]): T[][] {
  const found: T[][] = [];
  for (let i = 0; i < items.length; i += MOST_PER_TRANSACTION) found.push(items.slice(i, i + MOST_PER_TRANSACTION));
  return found;
}

/** Changes rows in one transaction; where one of them is not as it was, each by itself. Returns those that were changed. */
export async function changeRows<Row>(
  table: AzureTable,
  what: string,
  rows: readonly Row[],
  action: (row: Row) => TransactionAction,
): Promise<Row[]> {
  if (rows.length === 0) return [];
  try {
    await table.run(what, (client, options) => client.submitTransaction(rows.map(action), options));
    return [...rows];
  } catch (error) {
    if (!isConflict(error) && codeOf(error) !== 'ResourceNotFound') throw error;
  }
  if (rows.length === 1) return [];
  const changed: Row[] = [];
  for (const row of rows) changed.push(...(await changeRows(table, what, [row], action)));
  return changed;
}
