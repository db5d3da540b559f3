import { sqlite } from '@ndomain/sqlite';
import { azureBackend } from './azure-backend.ts';
import type { BackendEntry } from './backend-entry.ts';
import { backendInFile } from './backend-in-file.ts';
import { localBackend } from './local/local-backend.ts';
import { redisBackend } from './redis-backend.ts';

/**
 * The backends that there are, one line each. Every event store among them runs with every transport. What a pair does not provide
 * (leases, subscriptions, read models, an inbox) lives in the parent.
 */
export const BACKENDS: readonly BackendEntry[] = [
  localBackend,
  backendInFile('sqlite', ['eventStore', 'transport'], (path) => sqlite({ path, durability: 'normal' })),
  redisBackend,
  azureBackend,
];
