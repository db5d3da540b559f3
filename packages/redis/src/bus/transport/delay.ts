import type { Clock, TransportMessage } from '@ndomain/core';

const LONGEST_DELAY_MS = 2 ** 50;

/**
 * How long it is from now to a moment, in whole milliseconds; 0 when it is not in the future. Moments are told by the clock of whoever
 * names them, so they are measured by the same clock, and only the difference is for the server: clocks that differ do no harm.
 */
export function delayUntil(moment: number | undefined, clock: Clock): number {
  if (moment === undefined) return 0;
  return Math.min(Math.max(Math.ceil(moment - clock.now()), 0), LONGEST_DELAY_MS);
}

/** How long a message that is sent now waits. Where a delay was asked for it is never longer, even if the clock was set back since. */
export function delayOf({ deliverAt, delayMs = LONGEST_DELAY_MS }: TransportMessage, clock: Clock): number {
  return Math.min(delayUntil(deliverAt, clock), Math.ceil(delayMs));
}
