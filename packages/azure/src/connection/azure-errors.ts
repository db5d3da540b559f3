import { BackendUnreachableError, ConfigurationError, isNDomainError, messageOf } from '@ndomain/core';

/** What all errors of the three SDKs have in common, where they have it. */
interface SdkError {
  readonly statusCode?: unknown;
  readonly code?: unknown;
  readonly name?: unknown;
  readonly details?: { readonly errorCode?: unknown; readonly odataError?: { readonly code?: unknown } };
}

/** Of a connection that could not be made, or broke. Such an error has no status. */
const BROKEN_CONNECTION =
  /^(E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|SOCKETTIMEDOUT|NOTFOUND|AI_AGAIN|PIPE|HOSTUNREACH|NETUNREACH)|REQUEST_SEND_ERROR|TIMEOUT)$/;

/** The HTTP status of an answer of the service; undefined when the error is no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = isSdkError(error) ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/**
 * The service's own code of an error, such as `TableNotFound`, or the code of a broken connection.
 * Codes: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
export function codeOf(error: unknown): string | undefined {
  if (!isSdkError(error)) return undefined;
  const { details, code } = error;
  const found = [details?.odataError?.code, details?.errorCode, code].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return typeof found === 'string' ? found : undefined;
}

/** Whether the service refused because what is stored is not as the caller expected. */
export function isConflict(error: unknown): boolean {
  const status = statusOf(error);
  return status === 409 || status === 412;
}

/** What was tried, for the words of an error. */
export interface Attempt {
  readonly what: string;
  readonly address: string;
  readonly startedAt: number;
}

/**
 * An error of the SDK as one of ours, where it is about the connection or the rights: `ND_BACKEND_UNREACHABLE` for what did not pass in spite
 * of all retries, `ND_CONFIGURATION` for a refused identity. Others stay as they are.
 */
export function asOurs(error: unknown, { what, address, startedAt }: Attempt): unknown {
  if (isNDomainError(error)) return error;
  const status = statusOf(error);
  const code = codeOf(error);
  if (status === 401 || status === 403) {
    return new ConfigurationError(
      `Azure Storage at ${address} refused to ${what}: ${code ?? status}. Check the key or the credential, the account's firewall, and ` +
        `the roles of the identity: docs/adapters/azure.md lists the least ones. (${messageOf(error)})`,
      { cause: error },
    );
  }
  const isUnreachable =
    status === undefined
      ? (code !== undefined && BROKEN_CONNECTION.test(code)) || isTimeout(error)
      : status === 408 || status === 429 || status >= 500;
  if (!isUnreachable) return error;
  const cause = isTimeout(error) ? new Error(`tried to ${what}, and had no answer`, { cause: error }) : error;
  return new BackendUnreachableError('Azure Storage', address, Math.round(performance.now() - startedAt), cause);
}

/** An operation that ran into its deadline: its signal was aborted by us. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

function isSdkError(error: unknown): error is SdkError {
  return typeof error === 'object' && error !== null;
}
