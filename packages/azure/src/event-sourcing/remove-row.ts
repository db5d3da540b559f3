import type { AzureTable } from '../connection/azure-connection.ts';
import { statusOf } from '../connection/azure-errors.ts';

/**
 * Deletes a row, where it is as `etag` says when that is given. False when it is not there, or not so. Throws as `AzureResource.run`
 * does.
 */
export async function removeRow(table: AzureTable, partitionKey: string, rowKey: string, etag = '*'): Promise<boolean> {
  try {
    await table.run('delete a row', (client, options) =>
      client.deleteEntity(partitionKey, rowKey, { ...options, etag }),
    );
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 412) return false;
    throw error;
  }
}
