import type { Slots } from './slots.ts';

/** Received messages that may wait for their turn, per slot. */
const WAITING_PER_SLOT = 16;
/** None is to wait for a slot for longer than about this, in milliseconds: it would be missing elsewhere. */
const LONGEST_WAIT_MS = 30;
/** How long handlers have taken is forgotten by so much with each that takes less, and remembered up to so many milliseconds. */
const FORGETTING = 0.9;
const LONGEST_LATELY_MS = 1_000;

/**
 * How many messages an endpoint without order receives ahead: none behind slow handlers; while they are quick more than can be handled
 * at once, because then the way to the backend and back is paid for by many.
 */
export class Prefetch {
  readonly #slots: Slots;
  /** How long handlers have taken lately, in milliseconds: the longest, forgotten by and by. */
  #latelyMs = Infinity;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  /** A handler took so long. */
  note(tookMs: number): void {
    this.#latelyMs = Math.max(tookMs, Math.min(this.#latelyMs, LONGEST_LATELY_MS) * FORGETTING);
  }

  /** How many may be received now that so many wait for a slot, and so many are being acknowledged. */
  room(waiting: number, committing: number): number {
    const { limit, free } = this.#slots;
    const mayWait = limit * Math.min(WAITING_PER_SLOT, Math.floor(LONGEST_WAIT_MS / Math.max(this.#latelyMs, 1)));
    if (mayWait > 0 && waiting > mayWait / 2) return 0;
    // A backend that is slow to acknowledge holds up the receiving.
    return Math.min(free - waiting + mayWait, 2 * (limit + mayWait) - committing);
  }
}

/** The same on one of the partitions of an ordered endpoint: `held` messages wait there for a slot or for their keys' turn. */
export function roomInOrder({ limit, free }: Slots, partitions: number, waiting: number, held: number): number {
  if (free - waiting <= 0) return 0;
  const mayWait = Math.ceil((limit * WAITING_PER_SLOT) / partitions);
  return Math.max(free - waiting, mayWait) - held;
}
