import type { MessageContext } from '../kernel/message-context.ts';
import type { MessageRegistry } from '../kernel/message-registry.ts';
import type { MessageHandler } from '../bus/handling.ts';
import { HEADERS } from '../bus/message.ts';
import { EVENT_FIELDS, type AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { EventForms } from '../event-sourcing/event-forms.ts';

/**
 * Wraps a handler so that it gets today's payload: of today's revision, also when the message was queued by an older version of
 * the program, and as an instance of its class, where the map is one of classes.
 */
export function incoming(handler: MessageHandler, registry: MessageRegistry, forms: EventForms): MessageHandler {
  return (payload, context) => {
    const { aggregateName, headers } = context;
    if (aggregateName === '') return handler(registry.hydrate(context.name, payload), context);
    if (headers[HEADERS.revision] === undefined && forms.isPlain(aggregateName)) return handler(payload, context);
    return handler(forms.whole(aggregateName, eventOf(payload, context)).payload, context);
  };
}

/** The event that a message carries, as it was stored: with all its metadata. */
export function eventOf(payload: unknown, context: MessageContext): AggregateEvent {
  const { headers } = context;
  return {
    aggregateId: context.aggregateId,
    sequenceId: context.sequenceId,
    date: new Date(Number(headers[HEADERS.date])),
    name: context.name,
    revision: Number(headers[HEADERS.revision] ?? 1),
    payload,
    transactionId: headers[HEADERS.transactionId] ?? '',
    metadata: metadataOf(headers),
  };
}

function metadataOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const metadata = { ...headers };
  for (const field of EVENT_FIELDS) delete metadata[field];
  return Object.freeze(metadata);
}
