import { aggregateIdOf, CorruptEventError, decode, encode, type AggregateEvent, type StreamEvent } from '@ndomain/core';

/** The columns of an event, in the order of {@link EventRow}. */
export const EVENT_COLUMNS = 'sequence_id, date, name, revision, payload, transaction_id, metadata';

/** The same, to be read. Making a text of JavaScript for each row takes longer than to see that there is nothing in it. */
export const EVENT_VALUES = "sequence_id, date, name, revision, payload, transaction_id, nullif(metadata, '{}')";

export type EventRow = readonly [
  sequenceId: number,
  date: number,
  name: string,
  revision: number,
  payload: string,
  transactionId: string,
  /** Null where it is read and there is none. */
  metadata: string | null,
];

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});

/** Throws `ND_CORRUPT_EVENT`. */
export function eventOf(streamId: string, aggregateId: string, row: EventRow): AggregateEvent {
  const [sequenceId, date, name, revision, payload, transactionId, metadata] = row;
  try {
    return {
      aggregateId,
      sequenceId,
      date: new Date(date),
      name,
      revision,
      payload: decode(payload),
      transactionId,
      metadata: metadataOf(metadata),
    };
  } catch (error) {
    throw new CorruptEventError(streamId, sequenceId, error);
  }
}

/** The events of one stream. Throws `ND_CORRUPT_EVENT`. */
export function eventsOf(streamId: string, rows: readonly EventRow[]): AggregateEvent[] {
  const aggregateId = aggregateIdOf(streamId);
  return rows.map((row) => eventOf(streamId, aggregateId, row));
}

/** Throws `ND_CORRUPT_EVENT`. */
export function streamEventOf(streamId: string, row: EventRow): StreamEvent {
  return { ...eventOf(streamId, aggregateIdOf(streamId), row), streamId };
}

/** What of an event is text in the file. Throws `ND_NOT_REPRESENTABLE`. */
export function encodedEvent(event: AggregateEvent): EventRow {
  const { sequenceId, date, name, revision, transactionId, metadata } = event;
  return [sequenceId, date.getTime(), name, revision, encode(event.payload), transactionId, JSON.stringify(metadata)];
}

function metadataOf(text: string | null): Readonly<Record<string, string>> {
  return text === null ? NO_METADATA : (JSON.parse(text) as Record<string, string>);
}
