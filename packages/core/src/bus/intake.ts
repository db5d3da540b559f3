import { BrokenMessageError, NeverFinishedError, UnknownComponentError } from '../kernel/errors.ts';
import type { EndpointServices } from './endpoint-services.ts';
import { Handling } from './handling.ts';
import type { TransportMessage } from './message.ts';
import type { MessageTransaction } from './transport/transport.ts';

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

  /** The handling of a message, unless it is not to be handled. */
  take(transaction: MessageTransaction, now: number): Handling | undefined {
    const received = transaction.read();
    if (received.broken !== undefined) return this.#bury(transaction, new BrokenMessageError(received.broken.problem));
    const { message } = received;
    const { failures, handlers, late, options } = this.#services;
    const { component, name } = message;
    if (message.deliverAt !== undefined && message.deliverAt > now) {
      const release = transaction.release(message.deliverAt);
      this.#aside(failures.guard(release, 'a message that is not due could not be given back'));
      return undefined;
    }
    const handler = handlers.get(component)?.get(name);
    if (handler === undefined) return this.#bury(transaction, this.#unknownComponent(message));
    if (transaction.deliveryCount > options.maxDeliveries) {
      return this.#bury(transaction, new NeverFinishedError(component, name, options.maxDeliveries));
    }
    if (late.take(component, message.id)) {
      const commit = transaction.commit();
      this.#aside(failures.guard(commit, 'a message that was handled before could not be acknowledged'));
      return undefined;
    }
    return new Handling(message, handler, transaction, transaction.deliveryCount, now, ++this.#received);
  }

  #bury(transaction: MessageTransaction, error: Error): undefined {
    const { failures } = this.#services;
    const burial = failures.bury(transaction, error, transaction.deliveryCount);
    this.#aside(failures.guard(burial, 'a message could not be moved to the dead letters'));
  }

  #unknownComponent({ endpoint, component, name }: TransportMessage): UnknownComponentError {
    return new UnknownComponentError(endpoint, component, name, [...this.#services.handlers.keys()]);
  }
}
