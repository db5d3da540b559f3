import { aggregateIdOf, CorruptEventError, decode, encode, type AggregateEvent, type StreamEvent } from '@ndomain/core';

/** The columns of an event, in the order of {@link EventRow}. */
export const EVENT_COLUMNS = 'sequence_id, date, name, revision, payload, transaction_id, metadata';

/** What {@link EVENT_COLUMNS} are written with. */
export type EventRow = readonly [
  sequenceId: number,
  date: number,
  name: string,
  revision: number,
  payload: string,
  transactionId: string,
  metadata: string,
];

/**
 * What is read of an event, in the order of {@link StoredEventRow}. Each column takes a tenth of the time of a row, and few events have
 * metadata: so it shares a column with the revision.
 */
export const EVENT_VALUES = `
  sequence_id, date, name, iif(metadata = '{}', revision, revision || ' ' || metadata), payload, transaction_id`;

export type StoredEventRow = readonly [
  sequenceId: number,
  date: number,
  name: string,
  revision: number | `${number} ${string}`,
  payload: string,
  transactionId: string,
];

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});

/** Throws `ND_CORRUPT_EVENT`. */
export function eventOf(streamId: string, aggregateId: string, row: StoredEventRow): AggregateEvent {
  const [sequenceId, date, name, revision, payload, transactionId] = row;
  try {
    return {
      aggregateId,
      sequenceId,
      date: new Date(date),
      name,
      revision: typeof revision === 'number' ? revision : Number.parseInt(revision),
      payload: decode(payload),
      transactionId,
      metadata: typeof revision === 'number' ? NO_METADATA : metadataBehind(revision),
    };
  } catch (error) {
    throw new CorruptEventError(streamId, sequenceId, error);
  }
}

/** Events of one stream that follow each other, from `first` on. Throws `ND_CORRUPT_EVENT`, also for one that is missing. */
export function eventsOf(streamId: string, first: number, rows: readonly StoredEventRow[]): AggregateEvent[] {
  const aggregateId = aggregateIdOf(streamId);
  return rows.map((row, i) => {
    if (row[0] !== first + i) throw missingEvent(streamId, first + i);
    return eventOf(streamId, aggregateId, row);
  });
}

/** The error for an event that somebody has deleted, while later ones of its stream are there. */
export function missingEvent(streamId: string, version: number): CorruptEventError {
  const problem =
    'it was deleted, and later events of the stream were not. Restore it from a backup, or delete all events of the stream';
  return new CorruptEventError(streamId, version, new Error(problem));
}

/** Throws `ND_CORRUPT_EVENT`. */
export function streamEventOf(streamId: string, row: StoredEventRow): StreamEvent {
  return { ...eventOf(streamId, aggregateIdOf(streamId), row), streamId };
}

/** What of an event is text in the file. Throws `ND_NOT_REPRESENTABLE`. */
export function encodedEvent(event: AggregateEvent): EventRow {
  const { sequenceId, date, name, revision, transactionId, metadata } = event;
  return [sequenceId, date.getTime(), name, revision, encode(event.payload), transactionId, JSON.stringify(metadata)];
}

function metadataBehind(revision: string): Readonly<Record<string, string>> {
  return JSON.parse(revision.slice(revision.indexOf(' '))) as Record<string, string>;
}
