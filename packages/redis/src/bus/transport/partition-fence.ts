import { InvalidOptionError, NDomainError, type Lease } from '@ndomain/core';
import type { ScriptArgument } from '../../connection/script.ts';
import { endpointOfLease, type EndpointKeys } from '../../keys.ts';

/** What a script is passed that looks whether a partition is still this holder's. */
export interface PartitionFence {
  readonly key: string;
  /** Name, fence and owner of the lease. */
  readonly args: readonly ScriptArgument[];
}

/** Throws `ND_INVALID_OPTION` for a lease that no script can look at, because it is not with the queues of the endpoint. */
export function fenceOf({ name, fence, owner }: Lease, endpoint: string, keys: EndpointKeys): PartitionFence {
  if (endpointOfLease(name) !== endpoint) {
    throw new InvalidOptionError('lease', `the lease of a partition, such as "partition/${endpoint}/0003"`, name);
  }
  return { key: keys.partitionLeases.held, args: [name, fence, owner] };
}

/** G5: somebody else has been granted the partition that a receiver works on. */
export class PartitionLostError extends NDomainError {
  readonly code = 'ND_LEASE_LOST';

  constructor(endpoint: string, partition: number | undefined) {
    super(
      `The partition ${partition} of "${endpoint}" has been granted to another process, or given up: ` +
        'nothing more is received from it here. The next round of the partitions takes up what is free.',
    );
  }
}
