import type { Clock, Timer } from '@ndomain/core';

/** Further away than this nothing is remembered: by then the next look is soon enough. */
const HORIZON_MS = 60 * 60 * 1_000;
const SECOND_MS = 1_000;

interface Waiter {
  readonly wake: () => void;
  /** Sets its timer again, because something becomes due earlier. */
  readonly rearm: () => void;
}

class Place {
  readonly waiting = new Set<Waiter>();
  /** Seconds of monotonic time at which something becomes due: at most as many as are before the horizon (G10). */
  readonly dueSeconds = new Set<number>();
  version = 0;
}

/**
 * Who waits for a message of a queue, and what this process knows about when one comes, so that a receiver need not look for what was sent
 * beside it. A receiver asks for the `version`, looks, and waits: what happened since it asked ends the wait.
 */
export class Wakers {
  readonly #places = new Map<string, Place>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  version(key: string): number {
    return this.#place(key).version;
  }

  /** Until something is there, something is due, so many milliseconds have passed, or the signal is aborted. */
  async wait(key: string, version: number, longestMs: number, signal: AbortSignal): Promise<void> {
    const place = this.#place(key);
    const endAt = this.#clock.monotonic() + longestMs;
    if (place.version !== version || signal.aborted || this.#takeDue(place)) return;
    await new Promise<void>((resolve) => {
      let timer: Timer | undefined;
      const wake = (): void => {
        timer?.cancel();
        place.waiting.delete(waiter);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const rearm = (): void => {
        timer?.cancel();
        const at = Math.min(endAt, ...[...place.dueSeconds].map((second) => second * SECOND_MS));
        timer = this.#clock.schedule(Math.max(0, at - this.#clock.monotonic()), wake, { background: true });
      };
      const waiter: Waiter = { wake, rearm };
      place.waiting.add(waiter);
      signal.addEventListener('abort', wake, { once: true });
      rearm();
    });
    this.#takeDue(place);
  }

  /** Something may be there now. */
  wake(key: string): void {
    const place = this.#place(key);
    place.version++;
    for (const { wake } of place.waiting) wake();
  }

  wakeAll(): void {
    for (const key of this.#places.keys()) this.wake(key);
  }

  /** Something will be there in so many milliseconds. */
  wakeIn(key: string, delayMs: number): void {
    if (delayMs <= 0) return this.wake(key);
    if (delayMs > HORIZON_MS) return;
    const place = this.#place(key);
    place.dueSeconds.add(Math.ceil((this.#clock.monotonic() + delayMs) / SECOND_MS));
    for (const { rearm } of place.waiting) rearm();
  }

  /** Forgets what is due by now. True when there was something. */
  #takeDue({ dueSeconds }: Place): boolean {
    const now = this.#clock.monotonic();
    let wasDue = false;
    for (const second of dueSeconds) {
      if (second * SECOND_MS > now) continue;
      dueSeconds.delete(second);
      wasDue = true;
    }
    return wasDue;
  }

  #place(key: string): Place {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = new Place()));
    return place;
  }
}

/** What names a queue in memory. */
export function queueKey(endpoint: string, partition: number | undefined): string {
  return `${partition ?? ''}/${endpoint}`;
}
