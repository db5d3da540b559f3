import { InvalidOptionError } from '@ndomain/core';
import { checkPrefix, DEFAULT_PREFIX } from '../../names.ts';

/** How {@link AzureQueueTransport} is set up. */
export interface AzureQueuesOptions {
  /**
   * Begins the names of its queues, its table and its container: 1 to 30 lower-case letters and digits, the first a letter.
   * @default 'ndomain'
   */
  readonly prefix?: string | undefined;
  /**
   * How many messages this process puts into queues at the same time, at least 1: the service takes one for each request. With 1 they
   * go one after the other, and mostly arrive so; promised is an order only to ordered endpoints.
   * @default 32
   */
  readonly sendsAtOnce?: number | undefined;
}

export const AZURE_QUEUES_DEFAULTS = { prefix: DEFAULT_PREFIX, sendsAtOnce: 32 } as const;

/** Throws `ND_INVALID_OPTION`. */
export function checkedQueuesOptions(options: AzureQueuesOptions): {
  readonly prefix: string;
  readonly sendsAtOnce: number;
} {
  const { prefix = AZURE_QUEUES_DEFAULTS.prefix, sendsAtOnce = AZURE_QUEUES_DEFAULTS.sendsAtOnce } = options;
  checkPrefix(prefix);
  if (!Number.isInteger(sendsAtOnce) || sendsAtOnce < 1) {
    throw new InvalidOptionError('sendsAtOnce', 'an integer of at least 1', sendsAtOnce);
  }
  return { prefix, sendsAtOnce };
}
