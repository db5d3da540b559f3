import { statusOf } from './azure-errors.ts';
import type { AzureTable } from './azure-connection.ts';
import type { OnResponse } from './service-clock.ts';

/** A row of a table as the SDK gives it. */
export type Row = Readonly<Record<string, unknown>> & {
  readonly partitionKey?: string;
  readonly rowKey?: string;
  readonly etag?: string;
};

/** One row, or undefined when there is none. Throws as `AzureResource.run` does. */
export async function findRow(
  table: AzureTable,
  partitionKey: string,
  rowKey: string,
  select?: string[],
  onResponse?: OnResponse,
): Promise<Row | undefined> {
  try {
    return await table.run('read a row', (client, options) => {
      const queryOptions = select === undefined ? {} : { queryOptions: { select } };
      return client.getEntity<Row>(partitionKey, rowKey, { ...options, ...queryOptions, ...watching(onResponse) });
    });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** All rows that a filter finds, page by page. Throws as `AzureResource.run` does. */
export async function findRows(table: AzureTable, filter: string, onResponse?: OnResponse): Promise<Row[]> {
  return table.run('read rows', async (client, options) => {
    const rows: Row[] = [];
    const listed = client.listEntities<Row>({ ...options, queryOptions: { filter }, ...watching(onResponse) });
    for await (const row of listed) rows.push(row);
    return rows;
  });
}

/** Makes a row; false when there is one under its keys. Throws as `AzureResource.run` does. */
export async function createRow(
  table: AzureTable,
  row: Readonly<Record<string, unknown>> & { partitionKey: string; rowKey: string },
): Promise<boolean> {
  return happened(table, 409, (client, options) => client.createEntity(row, options));
}

/** Replaces a row that is as `etag` says; false when it is not. Throws as `AzureResource.run` does. */
export async function replaceRow(
  table: AzureTable,
  row: Readonly<Record<string, unknown>> & { partitionKey: string; rowKey: string },
  etag: string,
): Promise<boolean> {
  return happened(table, 412, (client, options) => client.updateEntity(row, 'Replace', { ...options, etag }));
}

/** Deletes a row, where it is as `etag` says when that is given; false when it is not there, or not so. Throws as `AzureResource.run` does. */
export async function removeRow(table: AzureTable, partitionKey: string, rowKey: string, etag = '*'): Promise<boolean> {
  return happened(table, 412, (client, options) => client.deleteEntity(partitionKey, rowKey, { ...options, etag }));
}

async function happened(
  table: AzureTable,
  refusal: number,
  operation: Parameters<AzureTable['run']>[1],
): Promise<boolean> {
  try {
    await table.run('write a row', operation);
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === refusal || status === 404) return false;
    throw error;
  }
}

function watching(onResponse: OnResponse | undefined): { onResponse?: OnResponse } {
  return onResponse === undefined ? {} : { onResponse };
}
