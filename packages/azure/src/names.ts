import { InvalidOptionError } from '@ndomain/core';

/*
 * Everything that is written into an account has its name here: tables, queues, containers, keys and properties. They outlive the
 * process, and whoever looks at them with the Storage Explorer needs exactly this page.
 */

/** Begins the names of all tables, queues and containers of one `azureStorage(…)`. */
export const DEFAULT_PREFIX = 'ndomain';

/** Fits as the beginning of a table's name (letters and digits) and of a queue's or container's (lower case). */
const PREFIX = /^[a-z][a-z0-9]{0,29}$/;

/** Throws `ND_INVALID_OPTION`. */
export function checkPrefix(prefix: string): void {
  if (typeof prefix === 'string' && PREFIX.test(prefix)) return;
  throw new InvalidOptionError('prefix', '1 to 30 lower-case letters and digits, the first a letter', prefix);
}

/** The tables, queues and containers of a prefix. */
export const tableNames = {
  /** Streams, and the index of what is uncommitted: `event-sourcing/event-rows.ts`. */
  events: (prefix: string): string => `${prefix}Events`,
  /** One row per stream: its newest snapshot. */
  snapshots: (prefix: string): string => `${prefix}Snapshots`,
  /** One row per (component, message). */
  inbox: (prefix: string): string => `${prefix}Inbox`,
  /** One row per subscription, and one that changes with each of them. */
  subscriptions: (prefix: string): string => `${prefix}Subscriptions`,
} as const;

export const containerNames = {
  /** One blob per read model. */
  queries: (prefix: string): string => `${prefix}-queries`,
  /** One empty blob per lease. */
  leases: (prefix: string): string => `${prefix}-leases`,
} as const;

/** Rule: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#table-names */
const TABLE_NAME = /^(?!tables$)[A-Za-z][A-Za-z0-9]{2,62}$/i;
/** Rule: https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata#queue-names; containers have the same one. */
const QUEUE_OR_CONTAINER_NAME = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/** Throws `ND_INVALID_OPTION`, quoting the rule. */
export function checkTableName(name: string, option = 'the name of a table'): void {
  if (typeof name === 'string' && TABLE_NAME.test(name)) return;
  throw new InvalidOptionError(option, '3 to 63 letters and digits, the first a letter, and not "tables"', name);
}

/** Throws `ND_INVALID_OPTION`, quoting the rule. */
export function checkQueueName(name: string, option = 'the name of a queue'): void {
  checkLowerCaseName(name, option);
}

/** Throws `ND_INVALID_OPTION`, quoting the rule. */
export function checkContainerName(name: string, option = 'the name of a container'): void {
  checkLowerCaseName(name, option);
}

function checkLowerCaseName(name: string, option: string): void {
  if (typeof name === 'string' && QUEUE_OR_CONTAINER_NAME.test(name)) return;
  const rule = "3 to 63 of a-z, 0-9 and '-', with no '-' at the ends and no two in a row";
  throw new InvalidOptionError(option, rule, name);
}
