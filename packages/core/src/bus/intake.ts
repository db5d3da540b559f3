import { BrokenMessageError, NeverFinishedError, UnknownComponentError } from '../kernel/errors.ts';
import type { EndpointServices } from './endpoint-services.ts';
import { Handling, type MessageHandler } from './handling.ts';
import type { TransportMessage } from './message.ts';
import type { MessageTransaction } from './transport/transport.ts';

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
    if (handler === undefined) verdict = this.#unknownComponent(message);
    else if (deliveryCount > options.maxDeliveries) {
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
