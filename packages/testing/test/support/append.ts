import { aggregateIdOf, type EventStoreDb } from '@ndomain/core';

/** Appends `Added` events as a process does that dies right after. */
export async function append(
  db: EventStoreDb,
  streamId: string,
  transactionId: string,
  expectedVersion: number,
  amounts: readonly number[],
): Promise<void> {
  const events = amounts.map((amount, i) => ({
    aggregateId: aggregateIdOf(streamId),
    sequenceId: expectedVersion + i + 1,
    date: new Date(0),
    name: 'Added',
    revision: 1,
    payload: { amount, by: '' },
    transactionId,
    metadata: {},
  }));
  await db.append(streamId, transactionId, expectedVersion, events);
}
