import type { Leases, Transport, TransportCapabilities } from '@ndomain/core';
import type { SuiteTime } from '../../time/suite-time.ts';
import type { Case, SuiteSetup } from '../suite.ts';

/** A transport without messages, opened twice. */
export interface TransportBackend {
  readonly first: Transport;
  /** Another instance on the same backend, as another process has. The same one where the queues live in the process. */
  readonly second: Transport;
  readonly time: SuiteTime;
  /** Leases in the same storage as `first`, where it checks the fences of partitions. */
  readonly leases?: Leases;
}

export interface TransportSetup extends SuiteSetup<TransportBackend> {
  /** What the transport can do. A case holds it against what the instances say. */
  readonly capabilities: TransportCapabilities;
  /** How long messages are leased in these cases, in milliseconds: as short as the backend and its tests' patience allow. */
  readonly leaseMs: number;
  /** Puts something into an endpoint's queue that is none of our messages. Absent: those cases are skipped. */
  readonly inject?: (backend: TransportBackend, endpoint: string, raw: string) => Promise<void>;
  /** Closes the instances, and opens the same backend again, as a restart does. Absent: those cases are skipped. */
  readonly restart?: (backend: TransportBackend) => Promise<Transport>;
  /**
   * Whether queues and leases share a storage, so that the fence of a partition is checked in the step that changes its messages.
   * @default false
   */
  readonly checksFences?: boolean;
  /** How many messages a case of many has: fewer where each takes its time. @default 2_500 */
  readonly many?: number;
  /** An endpoint name that the backend refuses. Absent: it takes any. */
  readonly refusedEndpoint?: string;
}

export type TransportCase = Case<TransportBackend, TransportSetup>;
