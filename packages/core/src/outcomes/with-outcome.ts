import { DomainError, rejectionOf, type ErrorClass } from '../kernel/domain-error.ts';
import type { MessageHandler } from '../bus/handling.ts';
import { HEADERS } from '../bus/message.ts';
import type { Outcomes } from './outcomes.ts';

/**
 * Wraps a handler so that what becomes of a message is kept, where its sender asked for it, before the message is acknowledged. A message that was
 * rejected before is rejected again without being tried.
 */
export function withOutcome(
  handler: MessageHandler,
  outcomes: Outcomes,
  rejectedBy: readonly ErrorClass[],
): MessageHandler {
  return (payload, context) =>
    context.headers[HEADERS.outcome] === undefined
      ? handler(payload, context)
      : answered(handler, outcomes, rejectedBy, payload, context);
}

async function answered(
  handler: MessageHandler,
  outcomes: Outcomes,
  rejectedBy: readonly ErrorClass[],
  ...[payload, context]: Parameters<MessageHandler>
): Promise<void> {
  const { messageId } = context;
  const before = await outcomes.rejectionOf(messageId);
  if (before !== undefined) throw new DomainError(before.code, before.message, before.fields);
  try {
    await handler(payload, context);
  } catch (error) {
    const rejection = rejectionOf(error, rejectedBy);
    if (rejection !== undefined) await outcomes.record(messageId, { state: 'rejected', ...rejection });
    throw error;
  }
  context.afterSuccess(() => outcomes.record(messageId, { state: 'handled' }));
}
