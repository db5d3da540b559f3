import type { AggregateEvent, AppendResult, EventStoreDb } from '@ndomain/core';

/** An event of the stream `Note/1`. */
export function note(sequenceId: number, text = `note ${sequenceId}`): AggregateEvent {
  return {
    aggregateId: '1',
    sequenceId,
    date: new Date(0),
    name: 'Noted',
    revision: 1,
    payload: { text },
    transactionId: `t${sequenceId}`,
    metadata: {},
  };
}

/** Appends the event with this number, in a transaction of its own. */
export async function append(db: EventStoreDb, sequenceId: number, text?: string): Promise<AppendResult> {
  return db.append('Note/1', `t${sequenceId}`, sequenceId - 1, [note(sequenceId, text)]);
}

/** The numbers of the events that are there. */
export async function stored(db: EventStoreDb): Promise<number[]> {
  const numbers: number[] = [];
  for (;;) {
    const { events, hasMore } = await db.load('Note/1', { from: numbers.length + 1, to: 1_000_000, limit: 1_000 });
    numbers.push(...events.map(({ sequenceId }) => sequenceId));
    if (!hasMore) return numbers;
  }
}
