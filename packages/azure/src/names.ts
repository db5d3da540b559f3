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
  /** Subscriptions and their changes. */
  subscriptions: (prefix: string): string => `${prefix}Subscriptions`,
  /** One row per lease. */
  leases: (prefix: string): string => `${prefix}Leases`,
} as const;

export const containerNames = {
  /** One blob per read model. */
  queries: (prefix: string): string => `${prefix}-queries`,
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

/**
 * A stream is one partition of the table of events; its key is the escaped stream id. The letters that row keys begin with are in the
 * order in which rows are read: one query from an event on gives the rest of the stream, its head, and what is uncommitted.
 */
export const STREAM_ROWS = {
  /** `d` and the sequence id of the last event in it, 10 digits: a full pack of events. Never changes. */
  pack: 'd',
  /** `h`: the head. Where the stream stands, and its newest events. Each append replaces it, conditional on its ETag. */
  head: 'h',
  /** `u` and the transaction's key: an append whose events are not known to be published. Deleted when they are. */
  uncommitted: 'u',
  /** `x` and the transaction's key: an append that the stream holds. Never changes. */
  transaction: 'x',
  /**
   * `x+`: says that there is a stream. Written by its first append and never again, so that no stream is begun anew whose head was
   * deleted by hand. `+` begins no transaction's key.
   */
  begun: 'x+',
  /** Behind all that loading reads: after `u`, before `x`. */
  endOfReading: 'v',
} as const;

/** Digits of a sequence id in a row key: as text they sort as numbers. */
export const SEQUENCE_DIGITS = 10;

/** The properties of a stream's rows. */
export const STREAM_PROPERTIES = {
  /** The stream id, also where the key holds a digest of it. In head and index. */
  streamId: 'StreamId',
  /** The sequence id of the stream's last event. In the head. */
  version: 'Version',
  /** The sequence id of the first event: of a pack, of those in the head, of a transaction. */
  first: 'First',
  /** The sequence id of the last event: of a pack, of a transaction. */
  last: 'Last',
  /** Which transactions the stream may hold: `transaction-filter.ts`. In the head. */
  seen: 'Seen',
  /** Changes when the stream is taken out of the index of another process: `dirty-streams.ts`. In the head. */
  sweep: 'Sweep',
  /** `Events0`, `Events1`, …: the events as `event-lines.ts` writes them, deflated, in parts of 60 KiB. In packs and the head. */
  events: 'Events',
  /** The id of the transaction. In its two rows. */
  transactionId: 'TransactionId',
  /** Tells an append that was tried twice, because its answer was lost, from another one with the same id. */
  attempt: 'Attempt',
  /** When it was stored, in ISO 8601, by the service's time as the process knew it. */
  storedAt: 'StoredAt',
} as const;

/**
 * The index of what may be uncommitted, in the same table: a partition for each process, `+dirty-` and the process's id, with a row for
 * each stream that it has written to of late. `+` begins no stream's key, so all of the index is one range of the table.
 */
export const INDEX = {
  partition: '+dirty-',
  /** Behind all partitions of the index. */
  endOfPartitions: '+dirty.',
  /** `s`, the stream's key, `+` and a number that makes it unique: the process may append to this stream. */
  stream: 's',
  /** `c`: how far the process knows that nothing of it is uncommitted. */
  clean: 'c',
  /** ISO 8601, by the service's time: what this process stored before is committed. In the row `c`, which is written again and again. */
  cleanBefore: 'CleanBefore',
} as const;

/** A snapshot is the only row of its partition, whose key is that of the stream. */
export const SNAPSHOT = {
  row: 's',
  streamId: 'StreamId',
  version: 'Version',
  /** Marks the code that made it. */
  madeBy: 'MadeBy',
  /** `Data0`, `Data1`, …: the encoded State, deflated, in parts of 60 KiB. */
  data: 'Data',
} as const;

/** A message that a component has handled: the partition is the component's key, `+` and two digits of a digest of the message's id. */
export const INBOX = {
  /** Until when it is remembered, in ISO 8601. */
  keptUntil: 'KeptUntil',
} as const;

/** All leases are in one partition, each under the escaped name. */
export const LEASE = {
  partition: 'lease',
  name: 'Name',
  owner: 'Owner',
  /** Higher with each grant. */
  fence: 'Fence',
  /** When it ends, in milliseconds since the epoch by the service's clock; 0 when it was given up. As text: it has more than 32 bits. */
  until: 'Until',
  /** Tells a grant that was tried twice, because its answer was lost, from another one's. */
  attempt: 'Attempt',
} as const;

/** Subscriptions, and the changes of them that processes hear of. */
export const SUBSCRIPTIONS = {
  /** One row per subscription, under its escaped id. */
  partition: 'subscription',
  /** One row per change, under its number; and one that says the last number. */
  changes: 'change',
  lastChange: 'last',
  number: 'Number',
  change: 'Change',
  id: 'Id',
  topic: 'Topic',
  endpoint: 'Endpoint',
  component: 'Component',
  partitions: 'Partitions',
  /** Tells a row that was written twice, because the answer was lost, from a stranger's. */
  attempt: 'Attempt',
} as const;

/** A read model is a blob: its first line is `{"id":…,"version":…}`, the rest the encoded data. Its metadata say the same, for lists. */
export const QUERY = {
  version: 'version',
  attempt: 'attempt',
} as const;
