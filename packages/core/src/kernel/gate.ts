import { StoppedError } from './errors.ts';
import { currentHandling } from './message-context.ts';

/** Lets work through until it is closed; after that only what handlers do that are still finishing. */
export class Gate {
  #isClosed = false;

  close(): void {
    this.#isClosed = true;
  }

  /** Throws `ND_STOPPED`. `what` names the call, such as `send("PlaceOrder")`. */
  check(what: string): void {
    if (this.#isClosed && currentHandling()?.isGoingOn !== true) throw new StoppedError(what);
  }
}
