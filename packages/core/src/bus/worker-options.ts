import { checkInteger, checkMilliseconds } from '../kernel/options.ts';
import { recoverability, type RecoverabilityPolicy } from './recoverability.ts';

export interface WorkerOptions {
  /**
   * How many messages are handled at the same time, at least 1. No more than these are taken from the queue.
   * @default 16
   */
  readonly concurrency: number;
  /**
   * Whether the messages of one key are handled one at a time, in order (G5). The key is the one given when sending, else the
   * aggregate. Up to 16 times the concurrency may then wait in memory for their turn.
   * @default false
   */
  readonly ordered: boolean;
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
}

export const WORKER_DEFAULTS: WorkerOptions = {
  concurrency: 16,
  ordered: false,
  handlerTimeoutMs: 60_000,
  leaseMs: 30_000,
  stopTimeoutMs: 10_000,
  recoverability: recoverability(),
};

/** Throws `ND_INVALID_OPTION`. */
export function checkWorkerOptions(options: WorkerOptions): void {
  checkInteger('concurrency', options.concurrency, 1, 100_000);
  checkMilliseconds('handlerTimeoutMs', options.handlerTimeoutMs, 1);
  checkMilliseconds('leaseMs', options.leaseMs, 100);
  checkMilliseconds('stopTimeoutMs', options.stopTimeoutMs, 0);
}
