/** How often each thing goes wrong, from 0 (never) to 1 (always). */
export interface SimulationFaults {
  /**
   * Per call of a store, transport or any other seam: the process dies, half of the times before the call takes effect, half of the
   * times after it. A new one takes its place later.
   * @default 0.003
   */
  readonly crash: number;
  /**
   * Per call: nothing is done, and the caller gets an error.
   * @default 0.01
   */
  readonly failBefore: number;
  /**
   * Per call: it is done, and the caller gets an error.
   * @default 0.01
   */
  readonly loseAnswer: number;
  /**
   * Per call: it takes up to `longestDelayMs` of time before it is done, so that others overtake it.
   * @default 0.03
   */
  readonly delay: number;
  /**
   * Per call: it is done twice.
   * @default 0.01
   */
  readonly duplicate: number;
  /**
   * Per call: the whole process stands still for up to `longestPauseMs`, as with a blocked event loop or a suspended machine, while
   * its leases run out.
   * @default 0.002
   */
  readonly pause: number;
  /**
   * Per message taken, and per renewal of a lease: it is lost to others although its time is not over.
   * @default 0.01
   */
  readonly leaseLoss: number;
  /**
   * Per receive from a queue that is not ordered: the messages come in any order.
   * @default 0.2
   */
  readonly reorder: number;
  /**
   * Per step: a command that was sent before is sent again, with the same id.
   * @default 0.2
   */
  readonly resend: number;
  /**
   * Per step: a process is stopped in good order, and another takes its place.
   * @default 0.03
   */
  readonly restart: number;
  /** @default 300 milliseconds */
  readonly longestDelayMs: number;
  /** @default 25_000 milliseconds */
  readonly longestPauseMs: number;
}

export const FAULT_DEFAULTS: SimulationFaults = {
  crash: 0.003,
  failBefore: 0.01,
  loseAnswer: 0.01,
  delay: 0.03,
  duplicate: 0.01,
  pause: 0.002,
  leaseLoss: 0.01,
  reorder: 0.2,
  resend: 0.2,
  restart: 0.03,
  longestDelayMs: 300,
  longestPauseMs: 25_000,
};
