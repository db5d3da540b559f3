import type { Query, QueryStore } from './query-store.ts';

/** How long `getOrWaitUntil` waits when it is not told, in milliseconds. */
const WAIT_DEFAULT_MS = 5_000;

/** The views of one projection, to be read. */
export class Views<View extends object> {
  readonly #name: string;
  readonly #isOverMany: boolean;
  readonly #queries: QueryStore;

  constructor(name: string, isOverMany: boolean, queries: QueryStore) {
    this.#name = name;
    this.#isOverMany = isOverMany;
    this.#queries = queries;
  }

  /** The view as it is now; version 0 and no data when there is none. */
  async get(id: string): Promise<Query<View>> {
    return this.#typed(await this.#queries.get(this.#queryId(id)));
  }

  /**
   * G13: the view once it has reached a version, such as the one that an update has just led to; what is there after `timeoutMs`
   * (default 5,000) when it does not get there. Look at the version: a timeout is no error.
   */
  async getOrWaitUntil(id: string, version: number, timeoutMs = WAIT_DEFAULT_MS): Promise<Query<View>> {
    return this.#typed(await this.#queries.getOrWaitUntil(this.#queryId(id), version, timeoutMs));
  }

  /** A page of the views, in order of their ids. */
  async list({ after, limit = 1_000 }: { after?: string; limit?: number } = {}): Promise<readonly Query<View>[]> {
    const found = await this.#queries.list({
      prefix: this.#queryId(''),
      after: after === undefined ? undefined : this.#queryId(after),
      limit,
    });
    return found.map((query) => this.#typed(query));
  }

  /** All views, page by page. */
  async *all(pageSize = 1_000): AsyncGenerator<Query<View>> {
    for (let after: string | undefined; ;) {
      const page: readonly Query<View>[] = await this.list(
        after === undefined ? { limit: pageSize } : { after, limit: pageSize },
      );
      yield* page;
      after = page.at(-1)?.id;
      if (page.length < pageSize || after === undefined) return;
    }
  }

  #queryId(id: string): string {
    return `${this.#name}/${id}`;
  }

  // What stands under this projection's name was written by it.
  #typed({ id, version, data }: Query): Query<View> {
    const view = this.#isOverMany ? (data as { view: View } | undefined)?.view : (data as View | undefined);
    return { id: id.slice(this.#name.length + 1), version, data: view };
  }
}
