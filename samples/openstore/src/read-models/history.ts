import { AggregateDefinition, copyPayload, type Aggregate, type AggregateClass, type EventStore } from '@ndomain/core';

/** One event in the life of an aggregate, and what it led to. */
export interface HistoryEntry {
  readonly sequenceId: number;
  readonly date: Date;
  readonly name: string;
  readonly payload: unknown;
  /** The State as it was right after this event: a copy, as plain data. */
  readonly state: unknown;
}

export interface HistoryRange {
  /** Only events before this version. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/**
 * The newest events of one aggregate's stream within a range, in order; straight from the event store, by replaying the stream. Empty
 * when there is no such aggregate.
 */
export async function historyOf<A extends Aggregate>(
  eventStore: EventStore,
  aggregateClass: AggregateClass<A>,
  aggregateId: string,
  { before = Number.MAX_SAFE_INTEGER, limit }: HistoryRange,
): Promise<readonly HistoryEntry[]> {
  const definition = new AggregateDefinition(aggregateClass);
  const state = definition.newState();
  let entries: HistoryEntry[] = [];
  for await (const events of eventStore.load(definition.streamIdOf(aggregateId), 1, before - 1)) {
    for (const event of events) {
      definition.fold(state, aggregateId, event.sequenceId - 1, [event]);
      const { sequenceId, date, name, payload } = event;
      entries.push({ sequenceId, date, name, payload, state: copyPayload(Object.fromEntries(Object.entries(state))) });
    }
    entries = entries.slice(-limit);
  }
  return entries;
}
