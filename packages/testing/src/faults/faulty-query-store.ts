import type { Query, QueryPage, QueryStore } from '@ndomain/core';
import type { CallRunner } from './call-runner.ts';

/** Read models whose calls go wrong as planned. */
export class FaultyQueryStore implements QueryStore {
  readonly #store: QueryStore;
  readonly #plan: CallRunner;

  constructor(store: QueryStore, plan: CallRunner) {
    this.#store = store;
    this.#plan = plan;
  }

  get(id: string): Promise<Query> {
    return this.#plan.run('get', () => this.#store.get(id));
  }

  getOrWaitUntil(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<Query> {
    return this.#plan.run('getOrWaitUntil', () => this.#store.getOrWaitUntil(id, version, timeoutMs, signal));
  }

  set(id: string, expectedVersion: number, version: number, data: unknown): Promise<boolean> {
    return this.#plan.run('set', () => this.#store.set(id, expectedVersion, version, data));
  }

  list(page: QueryPage): Promise<readonly Query[]> {
    return this.#plan.run('list', () => this.#store.list(page));
  }
}
