import { aggregateIdOf, CorruptEventError, decode, encode, type AggregateEvent } from '@ndomain/core';

/** An entry of a stream as Redis answers it: its id `<sequence id>-0`, and names and values of its fields. */
export type EventEntry = readonly [id: string, fields: readonly string[]];

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});

/** What {@link eventOf} reads, without the transaction, which an append has once. Throws `ND_NOT_REPRESENTABLE`. */
export function argumentsOf({ date, name, revision, payload, metadata }: AggregateEvent): (string | number)[] {
  return [date.getTime(), name, revision, encode(payload), JSON.stringify(metadata)];
}

/** The events of one stream from the number `first` on. Throws `ND_CORRUPT_EVENT`, also where one of them is not there. */
export function eventsOf(streamId: string, entries: readonly EventEntry[], first: number): AggregateEvent[] {
  const aggregateId = aggregateIdOf(streamId);
  return entries.map((entry, i) => {
    if (sequenceIdOf(entry[0]) !== first + i) throw missingEvent(streamId, first + i);
    return eventOf(streamId, aggregateId, entry);
  });
}

/** A stream has no gaps: somebody has removed this event by hand. */
export function missingEvent(streamId: string, sequenceId: number): CorruptEventError {
  return new CorruptEventError(streamId, sequenceId, new Error('it is not there, although its stream is longer'));
}

/** The number of an event in its stream, by the id of its entry. */
export function sequenceIdOf(entryId: string): number {
  return Number.parseInt(entryId, 10);
}

function eventOf(streamId: string, aggregateId: string, [id, fields]: EventEntry): AggregateEvent {
  const [, date, , name = '', , revision, , payload = '', , transactionId = '', , metadata = ''] = fields;
  const sequenceId = sequenceIdOf(id);
  try {
    return {
      aggregateId,
      sequenceId,
      date: new Date(Number(date)),
      name,
      revision: Number(revision),
      payload: decode(payload),
      transactionId,
      metadata: metadata === '{}' ? NO_METADATA : (JSON.parse(metadata) as Record<string, string>),
    };
  } catch (error) {
    throw new CorruptEventError(streamId, sequenceId, error);
  }
}
