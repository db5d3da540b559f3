import { silentLogger, type ListensTo, type Logger } from '@ndomain/core';
import type { Rejection, RejectionEvents } from '../outcomes/contracts.ts';

/** Writes rejections to the log, for those who look for what customers could not get. */
export class RejectionLog implements ListensTo<RejectionEvents> {
  static readonly component = 'rejection-log';
  readonly #logger: Logger;

  constructor(logger: Logger = silentLogger) {
    this.#logger = logger;
  }

  onOrderRejected(rejection: Rejection): void {
    this.#log(rejection);
  }

  onAdjustmentRejected(rejection: Rejection): void {
    this.#log(rejection);
  }

  onBidRejected(rejection: Rejection): void {
    this.#log(rejection);
  }

  onCommandRejected(rejection: Rejection): void {
    this.#log(rejection);
  }

  #log(rejection: Rejection): void {
    this.#logger.debug(rejection, `${rejection.command} was rejected: ${rejection.message}`);
  }
}
