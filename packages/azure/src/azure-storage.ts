import type { Backend, BackendServices } from '@ndomain/core';
import type { AzureAccount, AzureTarget } from './azure-options.ts';
import {
  azureBlobQueries,
  azureInbox,
  azureLeases,
  azureSnapshots,
  azureSubscriptions,
  azureTableEvents,
} from './azure-parts.ts';
import { azureQueues } from './bus/queues/azure-queues.ts';
import { AzureConnection } from './connection/azure-connection.ts';
import type { AzureEventStoreDb } from './event-sourcing/azure-event-store-db.ts';
import { checkPrefix, containerNames, DEFAULT_PREFIX, tableNames } from './names.ts';

/** What `azureStorage(…)` provides: every seam, in one storage account. Each can be taken out and configured alone. */
export type AzureBackend = Required<Omit<Backend, 'health'>>;

/** A storage account, and what its tables, queues and containers are called. */
export interface AzureStorageOptions extends AzureAccount {
  /**
   * Begins the names of all tables, queues and containers: 1 to 30 lower-case letters and digits, the first a letter. Programs with different prefixes share
   * an account without knowing of each other.
   * @default 'ndomain'
   */
  readonly prefix?: string | undefined;
  /**
   * How often a process looks for subscriptions of other processes, in milliseconds, at least 10. Each look is one request.
   * @default 5_000
   */
  readonly pollSubscriptionsEveryMs?: number | undefined;
}

/**
 * Everything in one Azure Storage account: `DomainContext.configure().with(azureStorage(process.env.AZURE_STORAGE))`. Takes a connection
 * string, an account's name or endpoints with a credential of `@azure/identity`, or clients that the program made.
 *
 * Throws `ND_INVALID_OPTION`. Starting makes the tables and the container that do not exist, and throws `ND_BACKEND_UNREACHABLE` when the account cannot be
 * reached within `operationTimeoutMs`, and `ND_CONFIGURATION` when it refuses access.
 */
export function azureStorage(given: AzureTarget | AzureStorageOptions): AzureBackend {
  const options: AzureStorageOptions = typeof given === 'string' ? { connectionString: given } : given;
  const { prefix = DEFAULT_PREFIX, pollSubscriptionsEveryMs: pollEveryMs } = options;
  checkPrefix(prefix);
  const connection = new AzureConnection(options);
  const { events, snapshots, inbox, subscriptions, leases } = tableNames;
  const container = containerNames.queries(prefix);
  const eventStoreOf = azureTableEvents(connection, { table: events(prefix) });
  const opened = new Set<AzureEventStoreDb>();
  let users = 0;
  return {
    name: `azure ${connection.table(events(prefix), 'fail').address}`,
    async open() {
      const others = [snapshots, inbox, subscriptions, leases].map((name) =>
        connection.table(name(prefix), 'recreate'),
      );
      const all = [connection.table(events(prefix), 'fail'), connection.container(container, 'recreate'), ...others];
      await Promise.all(all.map((resource) => resource.create()));
      users++;
    },
    // The SDKs' sockets belong to the process; what is to be left in order is the index.
    async close() {
      if (--users > 0) return;
      for (const db of opened) await db[Symbol.asyncDispose]();
      opened.clear();
    },
    eventStore(services: BackendServices) {
      const db = eventStoreOf(services);
      opened.add(db);
      return db;
    },
    snapshots: azureSnapshots(connection, { table: snapshots(prefix) }),
    transport: azureQueues(connection, { prefix }),
    subscriptions: azureSubscriptions(connection, { table: subscriptions(prefix), pollEveryMs }),
    queries: azureBlobQueries(connection, { container }),
    inbox: azureInbox(connection, { table: inbox(prefix) }),
    leases: azureLeases(connection, { table: leases(prefix) }),
  };
}
