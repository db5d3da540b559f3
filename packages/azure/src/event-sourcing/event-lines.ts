import { aggregateIdOf, CorruptEventError, decode, encode, type AggregateEvent } from '@ndomain/core';

/*
 * An event in a pack is one line: `[date,name,revision,transaction id,metadata]`, a tab, and the encoded payload. JSON has neither tabs nor
 * line breaks in it, so a line that is damaged damages no other.
 */
type Header = readonly [
  date: number,
  name: string,
  revision: number,
  transactionId: string,
  metadata: Readonly<Record<string, string>>,
];

/** One encoded event, and what its payload takes. */
export interface EncodedEvent {
  readonly line: string;
  readonly payloadBytes: number;
}

/** Throws `ND_NOT_REPRESENTABLE`. */
export function encodedEvent(event: AggregateEvent, transactionId: string): EncodedEvent {
  const payload = encode(event.payload);
  const header: Header = [event.date.getTime(), event.name, event.revision, transactionId, event.metadata];
  return { line: `${JSON.stringify(header)}\t${payload}`, payloadBytes: Buffer.byteLength(payload) };
}

/** Throws `ND_CORRUPT_EVENT`. */
export function eventOf(streamId: string, sequenceId: number, line: string): AggregateEvent {
  try {
    const tab = line.indexOf('\t');
    const [date, name, revision, transactionId, metadata] = JSON.parse(line.slice(0, tab)) as Header;
    return {
      aggregateId: aggregateIdOf(streamId),
      sequenceId,
      date: new Date(date),
      name,
      revision,
      payload: decode(line.slice(tab + 1)),
      transactionId,
      metadata,
    };
  } catch (error) {
    throw new CorruptEventError(streamId, sequenceId, error);
  }
}
