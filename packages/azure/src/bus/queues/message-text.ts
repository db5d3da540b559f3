import {
  BrokenMessageError,
  decode,
  encode,
  messageOf,
  type MessageHeaders,
  type ReceivedMessage,
  type TransportMessage,
} from '@ndomain/core';

/*
 * A message as text: a line of JSON with all but the payload, and the payload. JSON has no line break of its own, so the first one ends
 * the line. It is the same in a queue, in a row and in a blob.
 */

const NO_HEADERS: MessageHeaders = Object.freeze({});

interface Head {
  readonly id: string;
  readonly name: string;
  readonly component: string;
  readonly headers: MessageHeaders;
}

/**
 * Not when it is to be delivered: the queue keeps that, and whoever receives the message is not to compare a moment of the sender's with a
 * clock of his own. Throws `ND_NOT_REPRESENTABLE`.
 */
export function messageText({ id, name, component, headers, payload }: TransportMessage): string {
  const head: Head = { id, name, component, headers };
  return `${JSON.stringify(head)}\n${encode(payload)}`;
}

/** What a text says; broken, with `raw`, when it is none of our messages. */
export function receivedMessage(
  text: string,
  endpoint: string,
  partition: number | undefined,
  raw = text,
): ReceivedMessage {
  try {
    const end = text.indexOf('\n');
    if (end < 0) throw new BrokenMessageError('it has no line of its own for what is about the payload');
    const { id, name, component, headers } = headOf(JSON.parse(text.slice(0, end)));
    const payload = decode(text.slice(end + 1));
    return { message: { id, name, payload, headers, endpoint, component, partition } };
  } catch (error) {
    return { broken: { raw, problem: messageOf(error) } };
  }
}

function headOf(parsed: unknown): Head {
  if (typeof parsed !== 'object' || parsed === null) throw new BrokenMessageError('its first line is no object');
  const { id, name, component, headers } = parsed as Partial<Record<keyof Head, unknown>>;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof component !== 'string') {
    throw new BrokenMessageError('it has no id, name or component');
  }
  if (typeof headers !== 'object' || headers === null) throw new BrokenMessageError('its headers are no object');
  return { id, name, component, headers: frozen(headers as Record<string, string>) };
}

function frozen(headers: Record<string, string>): MessageHeaders {
  for (const _ in headers) return Object.freeze(headers);
  return NO_HEADERS;
}
