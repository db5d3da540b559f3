import type { Clock } from '@ndomain/core';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { EndpointKeys, QueueKeys } from '../../keys.ts';
import type { PartitionFence } from './partition-fence.ts';
import type { RoundTrips } from './round-trips.ts';

/** One queue as the parts of a transport know it. */
export interface Queue {
  readonly connection: RedisConnection;
  readonly roundTrips: RoundTrips;
  readonly clock: Clock;
  readonly endpoint: string;
  readonly partition: number | undefined;
  /** The number of the partition; empty without one. */
  readonly name: string;
  readonly endpointKeys: EndpointKeys;
  readonly keys: QueueKeys;
  /** Where a partition is worked on under a lease. */
  readonly fence: PartitionFence | undefined;
}
