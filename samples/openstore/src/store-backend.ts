import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Backend } from '@ndomain/core';
import { sqlite } from '@ndomain/sqlite';

/** Where the shop keeps its events, read models and queues. */
export interface StoreOptions {
  /** The file that everything is kept in; its folder is made if need be. @default none: everything ends with the process */
  readonly db?: string;
}

/** The one place that knows the storages: everything else runs the same on each of them. */
export function storeBackend({ db }: StoreOptions): Backend {
  if (db === undefined) return { name: 'memory' };
  mkdirSync(path.dirname(db), { recursive: true });
  return sqlite(db);
}
