import { messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';

type Step = () => Promise<void>;

/** What has to be stopped, in order. A step that fails is reported, and the others are still done. */
export class ShutDown {
  readonly #logger: Logger;
  readonly #steps: Step[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** What is started later is stopped earlier. */
  add(step: Step): void {
    this.#steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0)) {
      try {
        await step();
      } catch (error) {
        this.#logger.error({ err: error }, `stopping failed in part: ${messageOf(error)}`);
      }
    }
  }
}
