import type { Rejection } from '../kernel/domain-error.ts';
import { boundedId } from '../kernel/ids.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import { deadLetterReason } from '../bus/dead-letter-reason.ts';
import type { OutcomeHooks } from '../bus/failures.ts';
import type { MessageBus } from '../bus/message-bus.ts';
import { HEADERS, type TransportMessage } from '../bus/message.ts';
import type { Outcomes } from './outcomes.ts';

/** The event that `publishRejections()` publishes for each message that is rejected. */
export interface CommandRejected extends Rejection {
  /** The name of the message. */
  readonly command: string;
  readonly commandId: string;
  readonly payload: unknown;
}

const REJECTED = 'CommandRejected';

/** Keeps the outcome of messages that failed for those who asked for it, and publishes rejections where that is wanted. */
export function outcomeHooks(outcomes: Outcomes, bus: MessageBus, publishesRejections: boolean): OutcomeHooks {
  return {
    rejected: (message, rejection) =>
      publishesRejections ? bus.dispatch([rejectedEvent(message, rejection)]) : undefined,
    deadLettered: (message, error) => failed(outcomes, message, error),
  };
}

function failed(outcomes: Outcomes, { id, headers }: TransportMessage, error: unknown): PromiseOrValue<void> {
  if (headers[HEADERS.outcome] === undefined) return;
  const { code, message } = deadLetterReason(error, 0, 0);
  return outcomes.record(id, { state: 'failed', code, message });
}

/** Its id derives from the message's, so that a second delivery publishes the same. */
function rejectedEvent({ id, name, payload, headers }: TransportMessage, rejection: Rejection) {
  const event: CommandRejected = { command: name, commandId: id, payload, ...rejection };
  const correlationId = headers[HEADERS.correlationId] ?? id;
  return {
    id: boundedId(`${id}/${name}/rejected`),
    name: REJECTED,
    payload: event,
    headers: Object.freeze({ [HEADERS.correlationId]: correlationId, [HEADERS.causationId]: id }),
    onUnrouted: 'ignore' as const,
  };
}
