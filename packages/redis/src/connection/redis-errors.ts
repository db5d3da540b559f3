import {
  BackendUnreachableError,
  ConfigurationError,
  isNDomainError,
  messageOf,
  StorageFullError,
} from '@ndomain/core';

/**
 * What an error says about the command. `refused`: it was not run, and may be tried again. `lost`: the connection ended before the answer
 * came, so it may have been run. `final`: trying again would not help.
 */
export type Outcome = 'refused' | 'lost' | 'final';

/** First words of errors that Redis answers without having run the command, and that pass: https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ and the cluster specification. */
const PASSING = new Set([
  'LOADING', // reads its data from the disk
  'BUSY', // a script of somebody else runs for too long
  'READONLY', // became a replica: reconnecting leads to the new master
  'MASTERDOWN',
  'CLUSTERDOWN', // a failover is going on
  'MOVED',
  'ASK',
  'TRYAGAIN',
  'NOREPLICAS', // min-replicas-to-write
]);
const FULL = new Set(['OOM', 'MISCONF']);
const REFUSED_ACCESS = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM']);

/** What ioredis says when it did not write the command: https://github.com/redis/ioredis (Redis.js, cluster/index.js). */
const NOT_WRITTEN = /enableOfflineQueue/;
/** What ioredis says when the connection ended first. */
const NO_ANSWER =
  /^Connection is closed|^Reached the max retries per request|^Command aborted|^Command timed out|^Socket timeout|^None of startup nodes|^Failed to refresh slots|^Too many Cluster redirections|^Cluster is (ended|disconnect)/;

const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|ECONNABORTED)$/;

export function outcomeOf(error: unknown): Outcome {
  if (isNDomainError(error) || !(error instanceof Error)) return 'final';
  if (PASSING.has(codeOf(error))) return 'refused';
  if (NOT_WRITTEN.test(error.message)) return 'refused';
  if (NO_ANSWER.test(error.message) || isNetworkError(error)) return 'lost';
  return 'final';
}

/** Whether the server does not know a script by its digest yet, or not any more. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === 'NOSCRIPT';
}

/** Whether the server knows us, and lets us do nothing: no use to try again. */
export function isRefusedAccess(error: unknown): boolean {
  return error instanceof Error && REFUSED_ACCESS.has(codeOf(error));
}

/** Whether it is the answer of a server, and not of the way there. */
export function isRefusedWrite(error: unknown): boolean {
  return error instanceof Error && codeOf(error) === 'READONLY';
}

/** An error of ioredis or Redis as one of ours, which says what to do. Others stay as they are. */
export function asOurs(error: unknown, address: string, waitedMs: number): unknown {
  if (isNDomainError(error) || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const cause = withoutArguments(error);
  if (FULL.has(code)) return new StorageFullError(`Redis at ${address}`, cause);
  if (REFUSED_ACCESS.has(code)) {
    return new ConfigurationError(
      `Redis at ${address} refuses access (${error.message}). ` +
        'Give the right user and password, and the user the rights that docs/adapters/redis.md lists.',
      { cause },
    );
  }
  if (code === 'WRONGTYPE') {
    return new ConfigurationError(
      `A key in Redis at ${address} is of another program (${error.message}). Choose a prefix of your own.`,
      { cause },
    );
  }
  if (outcomeOf(error) !== 'final') return new BackendUnreachableError('Redis', address, Math.round(waitedMs), cause);
  return error;
}

/** What was in the way of a connection, as one of ours: whatever it was, the server was not reached. */
export function asUnreachable(error: unknown, address: string, waitedMs: number): unknown {
  const ours = asOurs(error, address, waitedMs);
  return isNDomainError(ours) ? ours : new BackendUnreachableError('Redis', address, Math.round(waitedMs), error);
}

/** ioredis notes the command on its errors, with all that was sent: passwords and payloads, which would go into logs with the error. */
function withoutArguments(error: Error): Error {
  const code = 'code' in error ? { code: error.code } : {};
  return Object.assign(new Error(error.message), { name: error.name, ...code });
}

function isNetworkError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && NETWORK.test(error.code);
}

/** The first word of what Redis answered; scripts prefix it in old versions, and newer ones append where it happened. */
function codeOf(error: Error): string {
  const text = messageOf(error);
  const end = text.indexOf(' ');
  return end < 0 ? text : text.slice(0, end);
}
