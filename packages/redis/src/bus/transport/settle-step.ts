import type { ScriptArgument } from '../../connection/script.ts';
import { HeldLease } from './held-lease.ts';

export type StepName = 'commit' | 'putBack' | 'extend' | 'bury';

/** One step of the settle script: the same is done to some messages of one lease. */
export class SettleStep {
  readonly name: StepName;
  readonly lease: HeldLease;
  readonly args: ScriptArgument[];
  /** How many messages. */
  count = 0;
  /** Resolves with whether the lease still had the messages. */
  readonly isOurs: Promise<boolean>;
  readonly resolve: (isOurs: boolean) => void;
  readonly reject: (error: unknown) => void;

  constructor(name: StepName, lease: HeldLease, args: ScriptArgument[] = []) {
    this.name = name;
    this.lease = lease;
    this.args = args;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    // With two places for one message, whoever fails in the first does not wait for the second.
    promise.catch(() => undefined);
    this.isOurs = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Whether all messages of a lease are committed together, which needs no list of them. */
  get isWhole(): boolean {
    return this.name === 'commit' && this.count === this.lease.count;
  }
}

/** Moves messages to a lease that begins with it. */
export class ExtendStep extends SettleStep {
  readonly leaseMs: number;
  readonly target: HeldLease;

  constructor(lease: HeldLease, leaseMs: number) {
    const target = new HeldLease();
    super('extend', lease, [target.name, leaseMs]);
    this.leaseMs = leaseMs;
    this.target = target;
  }
}
