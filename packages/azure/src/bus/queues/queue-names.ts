import { hash } from 'node:crypto';
import { InvalidOptionError } from '@ndomain/core';
import { checkQueueName } from '../../names.ts';

/*
 * What the queues of a prefix are called, and what stands in them. All of it outlives the process, and is declared here alone.
 *
 *   queue      <prefix>-<endpoint>     the messages of an endpoint, except for those of a partition
 *   container  <prefix>-messages       bodies that do not fit into a queue: one blob for each sending of a message
 *   table      <prefix>Queues          dead letters, and the messages of partitions
 *
 * In the table, by partition key:
 *
 *   <endpoint>-deadletter   row <time>-<number>-<random>: a message that was given up, in the order in which they were
 *   <endpoint>-lanes        row head-<partition>: where the lane of a partition begins and ends
 *                           row msg-<partition>-<place>: a message of a partition, in the order in which they were sent
 */

/** Rule: https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata#queue-names */
const LONGEST_QUEUE_NAME = 63;
const DIGEST_LENGTH = 12;

/** The names of one prefix. */
export interface QueueNames {
  /** The queue of an endpoint. Throws `ND_INVALID_OPTION`, quoting the rule, for an endpoint that cannot have one. */
  queue(endpoint: string): string;
  readonly container: string;
  readonly table: string;
}

/** Throws `ND_INVALID_OPTION`. */
export function queueNamesOf(prefix: string): QueueNames {
  return {
    queue(endpoint) {
      checkEndpointName(endpoint);
      return fitting(`${prefix}-${endpoint}`);
    },
    container: `${prefix}-messages`,
    table: `${prefix}Queues`,
  };
}

/** Throws `ND_INVALID_OPTION`, quoting the rule. */
export function checkEndpointName(endpoint: string): void {
  checkQueueName(endpoint, 'the name of an endpoint');
}

export const deadLetterKey = (endpoint: string): string => `${endpoint}-deadletter`;

export const laneKey = (endpoint: string): string => `${endpoint}-lanes`;

/** Throws `ND_INVALID_OPTION`: a partition is a number that fits into a row's key. */
export function paddedPartition(partition: number): string {
  if (Number.isInteger(partition) && partition >= 0 && partition <= 9_999) return String(partition).padStart(4, '0');
  throw new InvalidOptionError('partition', 'an integer from 0 to 9999', partition);
}

/** The prefix makes no endpoint too long: what does not fit ends in a digest of all of it, so that different endpoints differ. */
function fitting(name: string): string {
  if (name.length <= LONGEST_QUEUE_NAME) return name;
  const kept = name.slice(0, LONGEST_QUEUE_NAME - DIGEST_LENGTH - 1).replace(/-+$/, '');
  return `${kept}-${hash('sha256', name, 'hex').slice(0, DIGEST_LENGTH)}`;
}
