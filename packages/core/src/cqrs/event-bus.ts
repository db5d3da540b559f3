import { boundedId } from '../kernel/ids.ts';
import type { InstanceIn, NameOf, PayloadAt } from '../kernel/message-map.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import { HEADERS, type TransportMessage } from '../bus/message.ts';
import type { MessageBus, OutgoingMessage } from '../bus/message-bus.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import { aggregateNameOf } from '../event-sourcing/stream-id.ts';
import type { MessageSender, SendOptions } from './message-sender.ts';

/** The events of one message map, to be published. */
export interface EventPublisher<Events> {
  /** Publishes an event that is no aggregate's to all who listen. Resolves and throws as `CommandSender.send` does. */
  publish<Name extends NameOf<Events>>(
    name: Name,
    payload: PayloadAt<Events, Name>,
    options?: SendOptions,
  ): Promise<string>;
  publish(event: InstanceIn<Events> & object, options?: SendOptions): Promise<string>;
}

/** Publishes events of any name, and those that aggregates have stored. `context.events<SaleEvents>()` is the same thing with types. */
export class EventBus implements EventPublisher<Record<string, unknown>> {
  readonly #sender: MessageSender;
  readonly #bus: MessageBus;

  constructor(sender: MessageSender, bus: MessageBus) {
    this.#sender = sender;
    this.#bus = bus;
  }

  publish(nameOrEvent: string | object, payloadOrOptions?: unknown, options?: SendOptions): Promise<string> {
    return this.#sender.send(nameOrEvent, payloadOrOptions, options);
  }

  /**
   * Publishes stored events, in order, whatever is being handled: they are facts. Their messages' ids derive from their place
   * in the stream, so publishing them again takes effect once.
   */
  publishStored(streamId: string, events: readonly AggregateEvent[]): PromiseOrValue<void> {
    return this.#bus.dispatch(messagesOf(streamId, events));
  }

  /** What {@link publishStored} would send, for a storage that sends it in its own transaction. */
  addressStored(streamId: string, events: readonly AggregateEvent[]): Promise<readonly TransportMessage[]> {
    return this.#bus.addressed(messagesOf(streamId, events));
  }
}

function messagesOf(streamId: string, events: readonly AggregateEvent[]): OutgoingMessage[] {
  const aggregateName = aggregateNameOf(streamId);
  return events.map((event) => messageOf(streamId, aggregateName, event));
}

function messageOf(streamId: string, aggregateName: string, event: AggregateEvent): OutgoingMessage {
  const sequenceId = String(event.sequenceId);
  const headers: Record<string, string> = {
    ...event.metadata,
    [HEADERS.aggregateName]: aggregateName,
    [HEADERS.aggregateId]: event.aggregateId,
    [HEADERS.sequenceId]: sequenceId,
    [HEADERS.date]: String(event.date.getTime()),
    [HEADERS.transactionId]: event.transactionId,
  };
  if (event.revision !== 1) headers[HEADERS.revision] = String(event.revision);
  return {
    id: boundedId(`${streamId}@${sequenceId}`),
    name: event.name,
    payload: event.payload,
    headers: Object.freeze(headers),
  };
}
