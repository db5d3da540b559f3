import type { Clock } from '../kernel/clock.ts';
import { refuseWithinChange } from '../kernel/change-scope.ts';
import { ConfigurationError } from '../kernel/errors.ts';
import type { Gate } from '../kernel/gate.ts';
import { checkId, newId } from '../kernel/ids.ts';
import { currentHandling, type AmbientHandling } from '../kernel/message-context.ts';
import { printOf } from '../kernel/message-print.ts';
import type { MessageRegistry } from '../kernel/message-registry.ts';
import { isPromise } from '../kernel/promise-or-value.ts';
import { HEADERS, type MessageHeaders } from '../bus/message.ts';
import type { MessageBus, OnUnrouted, OutgoingMessage } from '../bus/message-bus.ts';

/** How one message is sent. */
export interface SendOptions {
  /**
   * The message's id. Sending one again with the same id, at any time, changes an aggregate once (G3): derive it from what the
   * caller means, such as an order number.
   * @default a fresh one; within a handler, one derived from the handled message
   */
  readonly id?: string | undefined;
  /** What an ordered endpoint orders by (G5). For a command usually the aggregate's id. */
  readonly key?: string | undefined;
  /** Further texts to travel with the message. */
  readonly headers?: MessageHeaders | undefined;
  /** Not to be delivered before this moment, by the time of day. */
  readonly deliverAt?: Date | undefined;
  /** Not to be delivered before this many milliseconds have passed. */
  readonly delayMs?: number | undefined;
  /** Keeps what becomes of the message, to be asked for by its id: `context.outcomes.of(id)`. @default false */
  readonly outcome?: boolean | undefined;
  /** Within a handler: leaves at once, also when the handler fails afterwards. @default false */
  readonly immediately?: boolean | undefined;
}

/** One of several messages sent together, in one round trip per endpoint. */
export interface OutgoingItem {
  readonly name: string;
  readonly payload: unknown;
  readonly options?: SendOptions | undefined;
}

const NO_HEADERS: MessageHeaders = Object.freeze({});

/** What commands and events have in common on their way out: names, checks, ids, headers. */
export class MessageSender {
  readonly #bus: MessageBus;
  readonly #registry: MessageRegistry;
  readonly #clock: Clock;
  readonly #onUnrouted: OnUnrouted;
  readonly #gate: Gate;

  constructor(bus: MessageBus, registry: MessageRegistry, clock: Clock, gate: Gate, onUnrouted: OnUnrouted) {
    this.#gate = gate;
    this.#bus = bus;
    this.#registry = registry;
    this.#clock = clock;
    this.#onUnrouted = onUnrouted;
  }

  /** Sends one message: by name and payload, or an instance of a class in a registered map. Resolves with its id. */
  async send(nameOrInstance: string | object, payloadOrOptions: unknown, options?: SendOptions): Promise<string> {
    const item =
      typeof nameOrInstance === 'string'
        ? { name: nameOrInstance, payload: payloadOrOptions, options }
        : {
            name: this.#registry.nameOf(nameOrInstance),
            payload: nameOrInstance,
            // The overloads say that the options stand here when an instance is sent.
            options: payloadOrOptions as SendOptions | undefined,
          };
    this.#check(item.name);
    const id = idFor(item);
    const payload = this.#registry.isChecked(item.name)
      ? await this.#registry.check(item.name, item.payload)
      : item.payload;
    const sending = this.#bus.send([this.#outgoing(item, id, payload)], item.options?.immediately);
    if (isPromise(sending)) await sending;
    return id;
  }

  /** Sends several messages together. Within a handler each leaves as its options say. Resolves with their ids, in the order given. */
  async sendAll(items: readonly OutgoingItem[]): Promise<string[]> {
    for (const { name } of items) this.#check(name);
    const ids = items.map(idFor);
    const messages: OutgoingMessage[] = [];
    const immediate: OutgoingMessage[] = [];
    for (const [index, item] of items.entries()) {
      const payload = await this.#registry.check(item.name, item.payload);
      const message = this.#outgoing(item, ids[index] ?? newId(), payload);
      (item.options?.immediately === true ? immediate : messages).push(message);
    }
    if (immediate.length > 0) await this.#bus.send(immediate, true);
    if (messages.length > 0) await this.#bus.send(messages);
    return ids;
  }

  /** Throws `ND_STOPPED` and `ND_EFFECT_WITHIN_UPDATE`. */
  #check(name: string): void {
    this.#gate.check(name);
    refuseWithinChange(name);
  }

  #outgoing({ name, options }: OutgoingItem, id: string, given: unknown): OutgoingMessage {
    const payload = this.#registry.plain(name, given);
    return {
      id,
      name,
      payload,
      headers: headersOf(currentHandling(), options, payload),
      deliverAt: options === undefined ? undefined : this.#deliverAt(options),
      delayMs: options?.delayMs,
      onUnrouted: this.#onUnrouted,
    };
  }

  #deliverAt({ deliverAt, delayMs }: SendOptions): number | undefined {
    if (deliverAt !== undefined && delayMs !== undefined) {
      throw new ConfigurationError('A message was sent with both deliverAt and delayMs. Give one of them.');
    }
    const at = deliverAt?.getTime() ?? (delayMs === undefined ? undefined : this.#clock.now() + delayMs);
    if (at !== undefined && !Number.isFinite(at)) {
      throw new ConfigurationError(
        `A message was sent with a delivery time that is none (deliverAt: ${String(deliverAt)}, delayMs: ${delayMs}). ` +
          'Give a valid date, such as new Date(Date.now() + 60_000), or a number of milliseconds.',
      );
    }
    return at;
  }
}

/**
 * To be called before anything is awaited: a handler that sends two messages at the same time gives them the same ids in every
 * run (G3), however long their validators take.
 */
function idFor({ options }: OutgoingItem): string {
  if (options?.id !== undefined) checkId('message id', options.id);
  return options?.id ?? currentHandling()?.nextMessageId() ?? newId();
}

function headersOf(
  handling: AmbientHandling | undefined,
  options: SendOptions | undefined,
  payload: unknown,
): MessageHeaders {
  if (handling === undefined && options === undefined) return NO_HEADERS;
  const headers: Record<string, string> = { ...options?.headers };
  if (handling !== undefined) {
    // What the caller says stands.
    headers[HEADERS.correlationId] ??= handling.correlationId;
    headers[HEADERS.causationId] ??= handling.messageId;
  }
  if (options?.key !== undefined) headers[HEADERS.key] = options.key;
  if (options?.outcome === true) headers[HEADERS.outcome] = '1';
  // An id that is ours names one thing alone.
  if (options?.id !== undefined) headers[HEADERS.print] = printOf(payload);
  return Object.freeze(headers);
}
