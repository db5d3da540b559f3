/** Parts of the requests' JSON schemas that several routes share. */
export const ID = { type: 'string', minLength: 1, maxLength: 100 } as const;
export const PENCE = { type: 'integer', minimum: 1, maximum: 1_000_000_000 } as const;

/** Query strings are texts. */
const COUNT = { type: 'string', pattern: '^[1-9][0-9]{0,8}$' } as const;

export interface PageQuery {
  readonly limit?: string;
}

export interface HistoryQuery extends PageQuery {
  readonly before?: string;
}

export const HISTORY_QUERY = query({ limit: COUNT, before: COUNT });
export const PAGE_QUERY = query({ limit: COUNT });

/** The asked-for number of things, within bounds. */
export function limitOf({ limit }: PageQuery, standard: number, most: number): number {
  return Math.min(limit === undefined ? standard : Number(limit), most);
}

/** An object with exactly these members; `required` names those that must be there. */
export function body(properties: Readonly<Record<string, object>>, required: readonly string[]): object {
  return { body: { type: 'object', properties, required, additionalProperties: false } };
}

function query(properties: Readonly<Record<string, object>>): object {
  return { querystring: { type: 'object', properties, additionalProperties: false } };
}
