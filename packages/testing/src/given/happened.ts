import {
  AggregateDefinition,
  type Aggregate,
  type AggregateClass,
  type AggregateEvent,
  type EventsOf,
  type NameOf,
  type PayloadAt,
} from '@ndomain/core';

/** An event, as name and payload: `['SaleCreated', { stock: 10 }]`. */
export type Happened<Events> = {
  [Name in NameOf<Events>]: readonly [name: Name, payload: PayloadAt<Events, Name>];
}[NameOf<Events>];

/** What has happened to an aggregate of this class. */
export type HappenedTo<A extends Aggregate> = Happened<EventsOf<A>>;

/** The events as a store would give them, numbered from `first`. */
export function storedForm<A extends Aggregate>(
  aggregate: AggregateClass<A>,
  aggregateId: string,
  happened: readonly HappenedTo<A>[],
  first = 1,
): AggregateEvent[] {
  const { history } = new AggregateDefinition(aggregate);
  return happened.map(([name, payload], i) => ({
    aggregateId,
    sequenceId: first + i,
    date: new Date(0),
    name,
    revision: history.revisionOf(name),
    payload,
    transactionId: 'given',
    metadata: {},
  }));
}
