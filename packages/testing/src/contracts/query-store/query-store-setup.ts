import type { QueryStore } from '@ndomain/core';
import type { SuiteTime } from '../../time/suite-time.ts';
import type { Case, SuiteSetup } from '../suite.ts';

/** An empty storage of read models, opened twice. */
export interface QueryStoreBackend {
  readonly first: QueryStore;
  /** Another instance on the same storage, as another process has. */
  readonly second: QueryStore;
  readonly time: SuiteTime;
}

export interface QueryStoreSetup extends SuiteSetup<QueryStoreBackend> {
  /**
   * How many random sequences of operations are held against read models in memory.
   * @default 5
   */
  readonly sequences?: number;
}

export type QueryStoreCase = Case<QueryStoreBackend, QueryStoreSetup>;
