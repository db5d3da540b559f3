import type { Clock } from '@ndomain/core';

/**
 * When something is due, by the clock's monotonic time, that is to wait until a moment of its time of day; 0 and moments of the past: now. To be
 * called as soon as the moment is given: what the clock is set to afterwards changes nothing.
 */
export function dueAt(clock: Clock, moment: number): number {
  return clock.monotonic() + Math.max(0, moment - clock.now());
}
