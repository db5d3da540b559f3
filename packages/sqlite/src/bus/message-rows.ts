import {
  BrokenMessageError,
  decode,
  encode,
  messageOf,
  type MessageHeaders,
  type ReceivedMessage,
  type TransportMessage,
} from '@ndomain/core';

/** The columns of a message that are the message itself, in the order of {@link MessageRow}. */
export const MESSAGE_COLUMNS = 'message_id, component, name, headers, payload, deliver_at';

export type MessageRow = readonly [
  messageId: string,
  component: string,
  name: string,
  headers: string,
  payload: string,
  deliverAt: number | null,
];

const LATEST_MOMENT = 8.64e15;
const NO_HEADERS: MessageHeaders = Object.freeze({});

/** Throws `ND_NOT_REPRESENTABLE`. */
export function encodedMessage(message: TransportMessage): MessageRow {
  const { id, component, name, headers, payload, deliverAt, delayMs } = message;
  // Where a delay was asked for, the date is only what that came to, by a clock that may be set meanwhile.
  const date = deliverAt === undefined || delayMs !== undefined ? null : momentOf(deliverAt);
  return [id, component, name, JSON.stringify(headers), encode(payload), date];
}

/** A moment as the tables take it: a whole number of milliseconds. */
export function momentOf(at: number): number {
  return Math.min(Math.ceil(at), LATEST_MOMENT);
}

/** What a row of a queue says; broken when it is none of our messages. */
export function receivedMessage(row: MessageRow, endpoint: string, partition: number | undefined): ReceivedMessage {
  const [id, component, name, headers, payload, deliverAt] = row;
  try {
    const message: TransportMessage = {
      id,
      name,
      payload: decode(payload),
      headers: headersOf(headers),
      endpoint,
      component,
      partition,
      deliverAt: deliverAt ?? undefined,
    };
    return { message };
  } catch (error) {
    return { broken: { raw: payload, problem: messageOf(error) } };
  }
}

function headersOf(text: string): MessageHeaders {
  if (text === '{}') return NO_HEADERS;
  const headers: unknown = JSON.parse(text);
  if (typeof headers !== 'object' || headers === null) throw new BrokenMessageError('its headers are no object');
  return Object.freeze(headers as Record<string, string>);
}
