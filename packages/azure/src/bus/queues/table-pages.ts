import type { TableEntityResult, TableEntityResultPage } from '@azure/data-tables';
import type { OperationOptions } from '../../connection/azure-resource.ts';
import type { AzureTable } from '../../connection/azure-connection.ts';

/** https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination */
const MOST_PER_QUERY = 1_000;

export interface PageQuery {
  readonly filter: string;
  /** The properties to read; all, unless it is given. */
  readonly select?: string[] | undefined;
  /** How many rows are wanted at once. */
  readonly pageSize?: number;
  /** Adds to the options of each request. */
  readonly options?: (options: OperationOptions) => OperationOptions;
}

/** The rows of a query in the order of their keys, a request for each page, which is repeated by itself. */
export async function* pagesOf<Row extends object>(
  table: AzureTable,
  what: string,
  { filter, select, pageSize = MOST_PER_QUERY, options: more = (options) => options }: PageQuery,
): AsyncGenerator<TableEntityResult<Row>[]> {
  const queryOptions = { filter, ...(select === undefined ? {} : { select }) };
  const maxPageSize = Math.min(pageSize, MOST_PER_QUERY);
  for (let continuationToken: string | undefined, isFirst = true; isFirst || continuationToken !== undefined;) {
    isFirst = false;
    const from = continuationToken === undefined ? {} : { continuationToken };
    const page = await table.run(what, async (client, options): Promise<TableEntityResultPage<Row> | undefined> => {
      const rows = client.listEntities<Row>({ ...more(options), queryOptions });
      for await (const first of rows.byPage({ maxPageSize, ...from })) return first;
      return undefined;
    });
    if (page === undefined) return;
    yield page;
    continuationToken = page.continuationToken;
  }
}
