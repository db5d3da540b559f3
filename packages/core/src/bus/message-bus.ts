import { UnroutedMessageError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { currentHandling, type AmbientHandling } from '../kernel/message-context.ts';
import { copyPayload } from '../kernel/payload.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import type { Message, TransportMessage } from './message.ts';
import { partitionOf } from './ordering-key.ts';
import type { Subscription } from './subscriptions/subscription.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';
import type { Transport } from './transport/transport.ts';

/** A message on its way out, not addressed yet. */
export interface OutgoingMessage extends Message {
  /** Not to be delivered before this moment, in milliseconds since the epoch. */
  readonly deliverAt?: number | undefined;
  /** Where a delay was asked for: see {@link TransportMessage}. */
  readonly delayMs?: number | undefined;
  /** @default 'warn' */
  readonly onUnrouted?: OnUnrouted | undefined;
}

/** What happens when nobody subscribes to a message: a warning once per name, nothing, or `ND_UNROUTED_MESSAGE`. */
export type OnUnrouted = 'warn' | 'ignore' | 'error';

/** Sends messages to all who subscribe to them: resolves the subscriptions and writes straight into each endpoint's queue. */
export class MessageBus {
  readonly #transport: Transport;
  readonly #subscriptions: SubscriptionManager;
  readonly #logger: Logger;
  readonly #warned = new Set<string>();

  constructor(transport: Transport, subscriptions: SubscriptionManager, logger: Logger) {
    this.#transport = transport;
    this.#subscriptions = subscriptions;
    this.#logger = logger;
  }

  /**
   * Sends messages. Within a handler they are kept until it has succeeded, leave together then, and never leave when it fails
   * (G2). Outside of one, after it has returned, or with `immediately`, a resolved promise means that every subscription's copy is durably queued.
   */
  send(messages: readonly OutgoingMessage[], immediately = false): PromiseOrValue<void> {
    const handling = immediately ? undefined : currentHandling();
    return handling === undefined ? this.dispatch(messages) : hold(handling, messages);
  }

  /** Sends messages now, whatever is being handled. */
  dispatch(messages: readonly OutgoingMessage[]): PromiseOrValue<void> {
    const [only] = messages;
    if (only !== undefined && messages.length === 1) return this.#dispatchOne(only, messages);
    const addressed: TransportMessage[] = [];
    for (const message of messages) {
      const subscriptions = this.#subscriptions.resolve(message.name);
      if (subscriptions.length === 0) return this.#dispatchSlowly(messages);
      for (const subscription of subscriptions) addressed.push(address(message, subscription));
    }
    return this.#transport.send(addressed);
  }

  // Most dispatches are of one message, and are over with one array of the right size.
  #dispatchOne(message: OutgoingMessage, messages: readonly OutgoingMessage[]): PromiseOrValue<void> {
    const subscriptions = this.#subscriptions.resolve(message.name);
    if (subscriptions.length === 0) {
      return this.#subscriptions.isKnownAbsent(message.name) ? this.#unrouted(message) : this.#dispatchSlowly(messages);
    }
    return this.#transport.send(subscriptions.map((subscription) => address(message, subscription)));
  }

  /** The same when somebody's subscriptions are not known here: asks the store before it believes that nobody wants them. */
  async #dispatchSlowly(messages: readonly OutgoingMessage[]): Promise<void> {
    const addressed = await this.addressed(messages);
    if (addressed.length > 0) await this.#transport.send(addressed);
  }

  /** The messages as {@link dispatch} would send them: each addressed to all who subscribe to it. */
  async addressed(messages: readonly OutgoingMessage[]): Promise<readonly TransportMessage[]> {
    const addressed: TransportMessage[] = [];
    for (const message of messages) {
      const { name } = message;
      const known = this.#subscriptions.resolve(name);
      const mayBeKnown = known.length === 0 && !this.#subscriptions.isKnownAbsent(name);
      const subscriptions = mayBeKnown ? await this.#subscriptions.resolveAgain(name) : known;
      if (subscriptions.length === 0) this.#unrouted(message);
      for (const subscription of subscriptions) addressed.push(address(message, subscription));
    }
    return addressed;
  }

  #unrouted({ name, onUnrouted }: OutgoingMessage): void {
    if (onUnrouted === 'error') throw new UnroutedMessageError(name);
    if (onUnrouted === 'ignore' || this.#warned.has(name)) return;
    this.#warned.add(name);
    this.#logger.warn({ message: name }, `nobody subscribes to "${name}"; it goes nowhere (said once per name)`);
  }
}

/** The handler may go on changing what it has sent, so what is kept is a copy. */
function hold(handling: AmbientHandling, messages: readonly OutgoingMessage[]): void {
  handling.hold(messages.map((message) => ({ ...message, payload: copyPayload(message.payload) })));
}

function address(message: OutgoingMessage, { endpoint, component, partitions }: Subscription): TransportMessage {
  const { id, name, payload, headers, deliverAt, delayMs } = message;
  const partition = partitions === 0 ? undefined : partitionOf(message, partitions);
  return { id, name, payload, headers, endpoint, component, partition, deliverAt, delayMs };
}
