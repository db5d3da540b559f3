import type { Backend, Clock } from '@ndomain/core';
import type { SuiteTime } from '../time/suite-time.ts';

/** An event store and a transport that are to survive crashes together. */
export interface CrashPair {
  /** Names the pair in the output, such as `sqlite × redis`. */
  readonly name: string;
  /** Makes empty stores for one run. */
  readonly create: () => CrashSite | Promise<CrashSite>;
  /** Called after each run, also one that failed. */
  readonly cleanUp?: ((site: CrashSite) => void | PromiseLike<void>) | undefined;
  /**
   * How long a dead process keeps what it had in hand, in milliseconds: as short as the backend and its tests' patience allow.
   * @default 1_000
   */
  readonly leaseMs?: number | undefined;
  /**
   * Whether the two share a transaction, so that events are published as they are appended: there is then no moment in between to be
   * killed at.
   * @default false
   */
  readonly hasOneTransaction?: boolean | undefined;
  /**
   * Whether to kill at every single call, and the second process at every step too: hundreds of runs, each several leases long.
   * For time that is virtual.
   * @default true
   */
  readonly isThorough?: boolean | undefined;
}

/** Where processes come and go. */
export interface CrashSite {
  /**
   * Opens the stores as a process does that starts: with its event store and its transport at least. What it does not provide is
   * kept in memory, outside of the processes that die.
   */
  readonly open: () => Backend | Promise<Backend>;
  readonly clock: Clock;
  readonly time: SuiteTime;
}
