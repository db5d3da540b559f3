import { BackendUnreachableError, type Clock, type ReceiverOptions } from '@ndomain/core';

/** An answer that takes longer than this is missing, in milliseconds: the retries behind it may go on for much longer. */
const LATE_MS = 3_000;

/** Knows whether receiving works, and tells when that changes. */
export class Receiving {
  readonly #address: string;
  readonly #clock: Clock;
  readonly #tell: ReceiverOptions['onReceiving'];
  /** Undefined as long as there was neither an answer nor a failure. */
  #doesWork: boolean | undefined;

  /** `address` is for the error about an answer that does not come. */
  constructor(address: string, clock: Clock, tell: ReceiverOptions['onReceiving']) {
    this.#address = address;
    this.#clock = clock;
    this.#tell = tell;
  }

  works(): void {
    if (this.#doesWork === true) return;
    this.#doesWork = true;
    this.#tell?.(undefined);
  }

  fails(problem: unknown): void {
    if (this.#doesWork === false) return;
    this.#doesWork = false;
    this.#tell?.(problem);
  }

  /** The answer has not come for so long that something is wrong. */
  isLate(): void {
    const cause = new Error('it was asked for messages, and has not answered yet');
    this.fails(new BackendUnreachableError('Azure Storage', this.#address, LATE_MS, cause));
  }

  /** Tells by an answer, or by its absence, what there is to tell; nothing any more after an abort. */
  async watch<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    const awaited = await noticingDelay(answer, this.#clock, () => {
      if (!signal.aborted) this.isLate();
    });
    if (!signal.aborted) this.works();
    return awaited;
  }
}

/** The same answer. Calls `onDelay` when it is late, and may still come. */
export async function noticingDelay<T>(answer: Promise<T>, clock: Clock, onDelay: () => void): Promise<T> {
  const timer = clock.schedule(LATE_MS, onDelay, { background: true });
  try {
    return await answer;
  } finally {
    timer.cancel();
  }
}
