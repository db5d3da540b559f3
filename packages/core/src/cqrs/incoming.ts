import type { MessageContext } from '../kernel/message-context.ts';
import type { MessageRegistry } from '../kernel/message-registry.ts';
import type { MessageHandler } from '../bus/handling.ts';
import { HEADERS } from '../bus/message.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { HistoryOf } from '../event-sourcing/event-store.ts';
import { streamIdOf } from '../event-sourcing/stream-id.ts';

/**
 * Wraps a handler so that it gets today's payload: of today's revision, also when the message was queued by an older version of
 * the program, and with its class's prototype, where the map is one of classes.
 */
export function incoming(
  handler: MessageHandler,
  registry: MessageRegistry,
  historyOf: HistoryOf | undefined,
): MessageHandler {
  if (historyOf === undefined && !registry.hasClasses) return handler;
  return (payload, context) => handler(registry.hydrate(context.name, current(payload, context, historyOf)), context);
}

function current(payload: unknown, context: MessageContext, historyOf: HistoryOf | undefined): unknown {
  if (historyOf === undefined || context.aggregateName === '') return payload;
  const history = historyOf(context.aggregateName);
  if (history === undefined) return payload;
  const event = eventOf(payload, context);
  return history.upcast(event, streamIdOf(context.aggregateName, context.aggregateId)).payload;
}

/** The event that a message carries, as the event store would give it. */
export function eventOf(payload: unknown, context: MessageContext): AggregateEvent {
  const { headers } = context;
  const metadata: Record<string, string> = {};
  for (const name of STORED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) metadata[name] = value;
  }
  return {
    aggregateId: context.aggregateId,
    sequenceId: context.sequenceId,
    date: new Date(Number(headers[HEADERS.date])),
    name: context.name,
    revision: Number(headers[HEADERS.revision] ?? 1),
    payload,
    transactionId: headers[HEADERS.transactionId] ?? '',
    metadata,
  };
}

/** What an event's metadata holds, and its message's headers therefore too. */
const STORED_HEADERS = [HEADERS.correlationId, HEADERS.causationId] as const;
