import type { ReceiverOptions } from '@ndomain/core';

/** Tells the owner of a receiver whether receiving works, when that changes. */
export class ReceivingReport {
  readonly #tell: ReceiverOptions['onReceiving'];
  #told: 'nothing' | 'works' | 'fails' = 'nothing';

  constructor(tell: ReceiverOptions['onReceiving']) {
    this.#tell = tell;
  }

  works(): void {
    if (this.#told === 'works') return;
    this.#told = 'works';
    this.#tell?.(undefined);
  }

  fails(problem: unknown): void {
    if (this.#told === 'fails') return;
    this.#told = 'fails';
    this.#tell?.(problem);
  }
}
