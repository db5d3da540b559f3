import { BrokenMessageError, NeverFinishedError, UnknownComponentError } from '../kernel/errors.ts';
import type { EndpointServices } from './endpoint-services.ts';
import { Handling, type MessageHandler } from './handling.ts';
import type { TransportMessage } from './message.ts';
import { subscriptionOf } from './subscriptions/subscription.ts';
import type { MessageTransaction } from './transport/transport.ts';

/** How long a message waits that is for a component which another process has, in milliseconds; and one for a component that none has now. */
const CLAIMED_MS = 1_000;
const UNCLAIMED_MS = 15_000;
const NOBODY: MessageHandler = () => undefined;

/**
 * Decides what becomes of a message that was received: most are to be handled; the others go back, go away or go to the dead letters
 * without being tried.
 */
export class Intake {
  readonly #services: EndpointServices;
  readonly #aside: (work: Promise<void>) => void;
  #received = 0;

  /** `aside` is given the work that nobody waits for. */
  constructor(services: EndpointServices, aside: (work: Promise<void>) => void) {
    this.#services = services;
    this.#aside = aside;
  }

  /** The handling of a message, unless it is not to be handled. `leasedUntil` is by the clock's monotonic time. */
  take(transaction: MessageTransaction, leasedUntil: number): Handling | undefined {
    const received = transaction.read();
    if (received.broken !== undefined) return this.#bury(transaction, received.broken.problem);
    const { message } = received;
    const { clock, failures, handlers, late, options, delaysInHops } = this.#services;
    const { component, name, deliverAt } = message;
    if (delaysInHops && deliverAt !== undefined && deliverAt > clock.now()) {
      const problem = 'a message that is not due could not be given back';
      this.#aside(failures.guard(() => transaction.release(deliverAt), problem));
      return undefined;
    }
    const { deliveryCount } = transaction;
    const handler = handlers.get(component)?.get(name);
    let verdict: Error | undefined;
    if (handler === undefined) {
      if (this.#isForOthers(message)) return this.#leaveToOthers(message, transaction);
      verdict = this.#unknownComponent(message);
    } else if (deliveryCount > options.maxDeliveries) {
      verdict = new NeverFinishedError(component, name, options.maxDeliveries);
    }
    if (late.take(component, message.id)) {
      const problem = 'a message that was handled before could not be acknowledged';
      this.#aside(failures.guard(() => transaction.commit(), problem));
      return undefined;
    }
    // Also what is given up waits for its turn, so that nothing of its key overtakes it.
    const place = ++this.#received;
    return new Handling(message, handler ?? NOBODY, transaction, deliveryCount, leasedUntil, place, verdict);
  }

  /** G14: whether a process of another version handles it, or may come back to: nobody has retired the component. */
  #isForOthers({ name, endpoint, component }: TransportMessage): boolean {
    return this.#services.subscriptions.isKnown(name, endpoint, component);
  }

  /** It goes back uncounted, after a pause: nobody would be helped by giving it to us again at once. Its key is not parked. */
  #leaveToOthers({ name, endpoint, component }: TransportMessage, transaction: MessageTransaction): undefined {
    const { failures, claims, clock } = this.#services;
    const pauseMs = claims.isUnclaimed(subscriptionOf(name, endpoint, component).id) ? UNCLAIMED_MS : CLAIMED_MS;
    const problem = 'a message for a component of another process could not be given back';
    this.#aside(failures.guard(() => transaction.release(clock.now() + pauseMs), problem));
  }

  #bury(transaction: MessageTransaction, problem: string): undefined {
    const { failures } = this.#services;
    const bury = (): Promise<void> =>
      failures.buryRaw(transaction, new BrokenMessageError(problem), transaction.deliveryCount);
    this.#aside(failures.guard(bury, 'a message could not be moved to the dead letters'));
  }

  #unknownComponent({ endpoint, component, name }: TransportMessage): UnknownComponentError {
    return new UnknownComponentError(endpoint, component, name, [...this.#services.handlers.keys()]);
  }
}
