import { newId, type AggregateEvent } from '@ndomain/core';
import { PAYLOAD } from './payload.ts';

/** Events that follow `version`, as a repository would append them in one transaction. */
export function eventsAfter(
  aggregateId: string,
  version: number,
  count: number,
  transactionId = newId(),
): AggregateEvent[] {
  const date = new Date();
  return Array.from({ length: count }, (_, i) => ({
    aggregateId,
    sequenceId: version + i + 1,
    date,
    name: 'Deposited',
    revision: 1,
    payload: PAYLOAD,
    transactionId,
    metadata: {},
  }));
}
