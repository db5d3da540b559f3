import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { AzureClients, CheckedAccount } from '../azure-options.ts';

/*
 * The SDKs retry what may pass: connections that break, 408, 500, 502, 503 and 504, and (Tables) 429 and 503 after the time that
 * Retry-After names. Their defaults wait 4 s before a third try of a queue or blob, and up to 64 s; here a try follows soon, and
 * five of them take about 4 s, so that a server that restarts is waited for and one that is gone is reported. A try that was answered and whose
 * answer was lost is repeated as well: whoever writes must tell 409 and 412 of such a repetition from those of a stranger.
 * Sources: the retry policies of @azure/core-rest-pipeline (retryPolicy, exponentialRetryStrategy, throttlingRetryStrategy) and of
 * @azure/storage-common (StorageRetryPolicyV2).
 */
const TRIES = 5;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 2_000;

const TABLE_RETRIES = { maxRetries: TRIES - 1, retryDelayInMs: FIRST_DELAY_MS, maxRetryDelayInMs: LONGEST_DELAY_MS };
const BLOB_RETRIES = { maxTries: TRIES, retryDelayInMs: FIRST_DELAY_MS, maxRetryDelayInMs: LONGEST_DELAY_MS };
/** Not by the SDK: a message that is sent again is another message, so `bus/queues/retries.ts` repeats what is done with queues. */
const QUEUE_RETRIES = { maxTries: 1 };

/** The development account, in full: the three SDKs agree on it only so. */
const EMULATOR = /UseDevelopmentStorage=true/i;

/** Clients for an account, with retries as above unless the program made its own. */
export function clientsOf(account: CheckedAccount): AzureClients {
  switch (account.kind) {
    case 'clients':
      return account.clients;
    case 'credential': {
      const { endpoints, credential } = account;
      return {
        tables: (table) => new TableClient(endpoints.table, table, credential, { retryOptions: TABLE_RETRIES }),
        queues: new QueueServiceClient(endpoints.queue, credential, { retryOptions: QUEUE_RETRIES }),
        blobs: new BlobServiceClient(endpoints.blob, credential, { retryOptions: BLOB_RETRIES }),
      };
    }
    case 'connectionString': {
      const { connectionString } = account;
      const allowInsecureConnection =
        EMULATOR.test(connectionString) ||
        /http:/i.test(connectionString) ||
        /DefaultEndpointsProtocol=http(;|$)/i.test(connectionString);
      return {
        tables: (table) =>
          TableClient.fromConnectionString(connectionString, table, {
            retryOptions: TABLE_RETRIES,
            allowInsecureConnection,
          }),
        queues: QueueServiceClient.fromConnectionString(connectionString, { retryOptions: QUEUE_RETRIES }),
        blobs: BlobServiceClient.fromConnectionString(connectionString, { retryOptions: BLOB_RETRIES }),
      };
    }
  }
}
