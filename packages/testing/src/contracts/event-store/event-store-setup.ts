import type { EventStoreCapabilities, EventStoreDb } from '@ndomain/core';
import type { SuiteTime } from '../../time/suite-time.ts';
import type { Case, SuiteSetup } from '../suite.ts';

/** An empty event storage, opened twice. */
export interface EventStoreBackend {
  readonly first: EventStoreDb;
  /** Another instance on the same storage, as another process has. The same one where the storage lives in the process. */
  readonly second: EventStoreDb;
  readonly time: SuiteTime;
}

export interface EventStoreSetup extends SuiteSetup<EventStoreBackend> {
  /** What the storage can do. A case holds it against what the instances say. */
  readonly capabilities: EventStoreCapabilities;
  /** Damages a stored event, so that it cannot be decoded any more. Absent: those cases are skipped. */
  readonly corrupt?: (backend: EventStoreBackend, streamId: string, version: number) => Promise<void>;
  /**
   * How many events the longest stream has.
   * @default 100_000
   */
  readonly longestStream?: number;
  /**
   * How many random sequences of operations are held against events in memory.
   * @default 5
   */
  readonly sequences?: number;
}

export type EventStoreCase = Case<EventStoreBackend, EventStoreSetup>;
