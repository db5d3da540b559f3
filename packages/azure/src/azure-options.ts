import type { TableClient } from '@azure/data-tables';
import type { BlobServiceClient } from '@azure/storage-blob';
import type { newPipeline, QueueServiceClient } from '@azure/storage-queue';
import { InvalidOptionError } from '@ndomain/core';

/** Whoever gives tokens of Microsoft Entra ID: every credential of `@azure/identity` does. */
export type AzureCredential = Extract<Parameters<typeof newPipeline>[0], { getToken: unknown }>;

/** Clients that the program made, with its own pipeline, retries and proxies. They are the program's to configure. */
export interface AzureClients {
  /** Makes the client of one table: `(table) => new TableClient(url, table, credential)`. Asked once for each table. */
  readonly tables: (table: string) => TableClient;
  readonly queues: QueueServiceClient;
  readonly blobs: BlobServiceClient;
}

/** One storage account: its connection string, its name (or endpoints) with a credential, or clients for it. Exactly one of these. */
export interface AzureAccount {
  /** As the portal shows it under "Access keys", or of a shared access signature. */
  readonly connectionString?: string | undefined;
  /** The account's name in the public cloud, used with `credential`. */
  readonly account?: string | undefined;
  /** The account's endpoints in any cloud, used with `credential`: `https://shop.table.core.windows.net` and so on. */
  readonly endpoints?: AzureEndpoints | undefined;
  readonly credential?: AzureCredential | undefined;
  readonly clients?: AzureClients | undefined;
  /**
   * How long one operation may take with all its retries, in milliseconds, at least 1,000, before it fails with
   * `ND_BACKEND_UNREACHABLE`.
   * @default 30_000
   */
  readonly operationTimeoutMs?: number | undefined;
}

export interface AzureEndpoints {
  readonly table: string;
  readonly queue: string;
  readonly blob: string;
}

/** A storage account: a connection string, or {@link AzureAccount}. */
export type AzureTarget = string | AzureAccount;

export const CONNECTION_DEFAULTS = { operationTimeoutMs: 30_000 } as const;

/** The ways to name an account, one of which was chosen. */
export type CheckedAccount = { readonly operationTimeoutMs: number } & (
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'credential'; readonly endpoints: AzureEndpoints; readonly credential: AzureCredential }
  | { readonly kind: 'clients'; readonly clients: AzureClients }
);

const ACCOUNT_NAME = /^[a-z0-9]{3,24}$/;
const ONE_WAY = 'a connection string, { account or endpoints, credential }, or { clients }: exactly one of them';

/** Throws `ND_INVALID_OPTION`. */
export function checkedAccount(target: AzureTarget): CheckedAccount {
  const given = typeof target === 'string' ? { connectionString: target } : target;
  const { connectionString, account, credential, clients } = given;
  const operationTimeoutMs = given.operationTimeoutMs ?? CONNECTION_DEFAULTS.operationTimeoutMs;
  if (!(typeof operationTimeoutMs === 'number' && operationTimeoutMs >= 1_000)) {
    throw new InvalidOptionError('operationTimeoutMs', 'a number of milliseconds of at least 1000', operationTimeoutMs);
  }
  const ways = [connectionString, credential, clients].filter((way) => way !== undefined);
  if (ways.length !== 1) throw new InvalidOptionError('the storage account', ONE_WAY, given);
  if (clients !== undefined) return { kind: 'clients', clients, operationTimeoutMs };
  if (credential !== undefined) {
    return { kind: 'credential', endpoints: given.endpoints ?? endpointsOf(account), credential, operationTimeoutMs };
  }
  if (
    typeof connectionString !== 'string' ||
    !/AccountName=|TableEndpoint=|UseDevelopmentStorage=true/i.test(connectionString)
  ) {
    // Not quoted: it may hold a key.
    const expected = "a connection string such as 'DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=…'";
    throw new InvalidOptionError(
      'connectionString',
      expected,
      typeof connectionString === 'string' ? 'another text' : connectionString,
    );
  }
  return { kind: 'connectionString', connectionString, operationTimeoutMs };
}

/** Rule: https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name */
function endpointsOf(account: string | undefined): AzureEndpoints {
  if (account === undefined || !ACCOUNT_NAME.test(account)) {
    throw new InvalidOptionError('account', '3 to 24 lower-case letters and digits', account);
  }
  const at = (service: string): string => `https://${account}.${service}.core.windows.net`;
  return { table: at('table'), queue: at('queue'), blob: at('blob') };
}
