import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { azureStorage } from '@ndomain/azure';
import type { Backend } from '@ndomain/core';
import { redis } from '@ndomain/redis';
import { sqlite } from '@ndomain/sqlite';

/** Where the shop keeps its events, read models and queues. */
export interface StoreOptions {
  /** The file that everything is kept in; its folder is made if need be. @default none: everything ends with the process */
  readonly db?: string;
  /** The connection string of an Azure Storage account that everything is kept in, instead of the file. @default none */
  readonly azure?: string;
  /** The address of a Redis that the messages go over, so that several processes share the work. @default none: they stay with the rest */
  readonly redis?: string;
}

/** The one place that knows the storages: everything else runs the same on each of them. */
export function storeBackend({ db, azure, redis: url }: StoreOptions): Backend {
  const store = azure === undefined ? storeOf(db) : azureStorage({ connectionString: azure, prefix: 'openstore' });
  return url === undefined ? store : withBusOf(store, redis(url, { prefix: 'openstore' }));
}

function storeOf(db: string | undefined): Backend {
  if (db === undefined) return { name: 'memory' };
  mkdirSync(path.dirname(db), { recursive: true });
  return sqlite(db);
}

/** Events and read models of the one; queues, subscriptions, and who has which partition, of the other. */
function withBusOf(store: Backend, bus: Required<Omit<Backend, 'health'>>): Backend {
  const { transport, subscriptions, leases } = bus;
  return {
    ...store,
    name: `${store.name} with the bus on ${bus.name}`,
    transport,
    subscriptions,
    leases,
    async open(services) {
      await store.open?.(services);
      try {
        await bus.open(services);
      } catch (error) {
        await store.close?.();
        throw error;
      }
    },
    async close() {
      await bus.close();
      await store.close?.();
    },
  };
}
