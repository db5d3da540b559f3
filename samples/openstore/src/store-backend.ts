import type { Backend } from '@ndomain/core';

/** Where the shop keeps its events, read models and queues. */
export interface StoreOptions {
  /** @default 'memory' */
  readonly store?: 'memory';
}

/** The one place that knows the storages: everything else runs the same on each of them. */
export function storeBackend({ store = 'memory' }: StoreOptions): Backend {
  return { name: store };
}
