import { momentOf } from './message-text.ts';
import { LONGEST_HIDDEN_S } from './message-queue.ts';

/** How long a message is to be hidden. */
export interface Hiding {
  /** Whole seconds, as the service counts them. */
  readonly seconds: number;
  /** Where it takes another hop: when the message is really due. */
  readonly until?: number | undefined;
}

/** Until a moment, in milliseconds since the epoch: not less. What is longer than the service can hide a message is done in hops. */
export function hidingUntil(at: number, now: number): Hiding {
  const seconds = Math.max(0, Math.ceil((at - now) / 1_000));
  return seconds <= LONGEST_HIDDEN_S ? { seconds } : { seconds: LONGEST_HIDDEN_S, until: momentOf(at) };
}

/** A lease as the service takes it: whole seconds, at least one. */
export function leaseSeconds(leaseMs: number): number {
  return Math.min(Math.max(1, Math.ceil(leaseMs / 1_000)), LONGEST_HIDDEN_S);
}
