import type { ErrorClass } from '../kernel/domain-error.ts';
import { checkInteger, checkMilliseconds } from '../kernel/options.ts';
import { recoverability, type RecoverabilityPolicy } from './recoverability.ts';
import { checkThrottleOptions, THROTTLE_DEFAULTS, type ThrottleOptions } from './throttle.ts';

export interface WorkerOptions {
  /**
   * How many messages are handled at the same time in this process, at least 1. Not many more than these are taken from the queue: those that are
   * handled and being acknowledged, and while handlers are quick, as many as can be handled within about 30 milliseconds, at most 16 times
   * as many.
   * @default 16
   */
  readonly concurrency: number;
  /**
   * Whether the messages of one key are handled one at a time, in order, also across processes (G5). The key is the one given when
   * sending, else the aggregate. Up to 16 times the concurrency may then wait in memory for their turn.
   * @default false
   */
  readonly ordered: boolean;
  /**
   * Into how many parts the keys of an ordered endpoint are divided, at least 1: so many processes can share its work. Each part is
   * worked on by one process at a time. All processes must say the same number, and change it only while the endpoint is empty.
   * @default 16
   */
  readonly partitions: number;
  /**
   * How long a process keeps a partition without renewing it, in milliseconds, at least 100. A partition of a dead process is taken
   * over after this and `leaseMs`.
   * @default 10_000
   */
  readonly partitionLeaseMs: number;
  /**
   * How long a handler may run before its signal is aborted and the message counts as failed, in milliseconds, at least 1.
   * `Infinity`: for ever.
   * @default 60_000
   */
  readonly handlerTimeoutMs: number;
  /**
   * How long a message stays ours without news from us, in milliseconds, at least 100. It is renewed at half time while its handler
   * runs; after a crash the message comes back when this is over (G7).
   * @default 30_000
   */
  readonly leaseMs: number;
  /**
   * How long `stop()` waits for running handlers before it aborts them, in milliseconds, at least 0.
   * @default 10_000
   */
  readonly stopTimeoutMs: number;
  /** What is done about a failed attempt: see {@link recoverability}. */
  readonly recoverability: RecoverabilityPolicy;
  /** The same for single messages, by their names. */
  readonly recoverabilityFor: ReadonlyMap<string, RecoverabilityPolicy>;
  /**
   * How often a message may be delivered, at least 1. A message that ends the process handling it never fails, but its deliveries
   * are counted: beyond this it goes to the dead letters untried (G8). More than the attempts of any policy used here.
   * @default 20
   */
  readonly maxDeliveries: number;
  /**
   * Classes of errors that say no, beside {@link DomainError}: a message whose handler throws one is rejected, and has not failed.
   * @default []
   */
  readonly rejectedBy: readonly ErrorClass[];
  /**
   * After what time a subscription of this endpoint is retired that no living process claims any more, in milliseconds, at least 0: longer than
   * any deployment, and any pause of a process that is to come back.
   * @default 86_400_000 (1 day)
   */
  readonly retireAfterMs: number;
  /** What is done when everything fails. */
  readonly throttle: ThrottleOptions;
  /**
   * How long an inbox remembers what was handled, in milliseconds, at least 0: longer than a message can take from its first
   * delivery to its last, retries of dead letters included.
   * @default 604_800_000 (7 days)
   */
  readonly inboxMs: number;
}

export const WORKER_DEFAULTS: WorkerOptions = {
  concurrency: 16,
  ordered: false,
  partitions: 16,
  partitionLeaseMs: 10_000,
  handlerTimeoutMs: 60_000,
  leaseMs: 30_000,
  stopTimeoutMs: 10_000,
  recoverability: recoverability(),
  recoverabilityFor: new Map(),
  rejectedBy: [],
  maxDeliveries: 20,
  throttle: THROTTLE_DEFAULTS,
  inboxMs: 7 * 24 * 60 * 60 * 1_000,
  retireAfterMs: 24 * 60 * 60 * 1_000,
};

/** How much longer than a lease one has to wait to be sure that it is over, in milliseconds: timers and clocks are not exact. */
export const LEASE_MARGIN_MS = 100;

const MOST_CONCURRENT = 100_000;
const MOST_PARTITIONS = 1_024;

/** Throws `ND_INVALID_OPTION`. */
export function checkWorkerOptions(options: WorkerOptions): void {
  checkConcurrency(options.concurrency);
  checkInteger('partitions', options.partitions, 1, MOST_PARTITIONS);
  checkMilliseconds('partitionLeaseMs', options.partitionLeaseMs, 100);
  checkMilliseconds('handlerTimeoutMs', options.handlerTimeoutMs, 1);
  checkMilliseconds('leaseMs', options.leaseMs, 100);
  checkMilliseconds('stopTimeoutMs', options.stopTimeoutMs, 0);
  checkInteger('maxDeliveries', options.maxDeliveries, 1);
  checkMilliseconds('inboxMs', options.inboxMs, 0);
  checkMilliseconds('retireAfterMs', options.retireAfterMs, 0);
  checkThrottleOptions(options.throttle);
}

/** Throws `ND_INVALID_OPTION`. */
export function checkConcurrency(concurrency: number): void {
  checkInteger('concurrency', concurrency, 1, MOST_CONCURRENT);
}
