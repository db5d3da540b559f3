import { LONGEST_HIDDEN_S } from './message-queue.ts';

/** The last moment of a date. */
const LATEST_MOMENT = 8.64e15;

/** How long a message is to be hidden. */
export interface Hiding {
  /** Whole seconds, as the service counts them. */
  readonly seconds: number;
  /** Where it takes another hop: when the message is really due, by the service's time, a whole number of milliseconds. */
  readonly until?: number | undefined;
}

/** For so many milliseconds from `serviceNow` on: not less. What is longer than the service can hide a message is done in hops. */
export function hidingFor(delayMs: number, serviceNow: number): Hiding {
  // Of a difference of monotonic times the last digits are noise.
  const seconds = Math.max(0, Math.ceil(Math.round(delayMs) / 1_000));
  if (seconds <= LONGEST_HIDDEN_S) return { seconds };
  return { seconds: LONGEST_HIDDEN_S, until: Math.min(Math.ceil(serviceNow + delayMs), LATEST_MOMENT) };
}

/** A lease as the service takes it: whole seconds, at least one. */
export function leaseSeconds(leaseMs: number): number {
  return Math.min(Math.max(1, Math.ceil(leaseMs / 1_000)), LONGEST_HIDDEN_S);
}
