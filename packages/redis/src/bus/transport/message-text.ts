import {
  BrokenMessageError,
  decode,
  encode,
  messageOf,
  PayloadTooLargeError,
  type MessageHeaders,
  type ReceivedMessage,
  type TransportMessage,
} from '@ndomain/core';

/**
 * The longest message, in bytes. A text in Redis may have 512 MB (https://redis.io/docs/latest/develop/data-types/strings/), but while a
 * script moves a text nothing else runs there, and it is copied several times.
 */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

const COLON = 58;
const FIRST_DELIVERY = [0, 33] as const;
const FOREIGN = [0, 0] as const;
const ITEM_PLACE = /^\d{16}/;
const NO_HEADERS: MessageHeaders = Object.freeze({});
/** `<place>:<deliveries>:<ready since>:`, which the scripts put before the body. */
const ITEM_START = /^\d{16}:(\d{1,15}):\d{1,16}:/;

/** How often an item was delivered before, and where its body begins. What is none of our messages is an item all the same, with a broken body. */
export function startOf(item: string): readonly [deliveries: number, bodyAt: number] {
  // Nearly all: delivered for the first time, in this century.
  if (item.startsWith(':0:', 16) && item.charCodeAt(32) === COLON && ITEM_PLACE.test(item)) return FIRST_DELIVERY;
  const start = ITEM_START.exec(item);
  return start === null ? FOREIGN : [Number(start[1]), start[0].length];
}

/**
 * A message as the body of an item: a line of JSON that says what it is, `[id, component, name]` or with the headers behind, and the
 * payload. When it is due, and where it waits, is the queue's to know. Throws `ND_NOT_REPRESENTABLE`, `ND_PAYLOAD_TOO_LARGE`.
 */
export function bodyOf({ id, component, name, headers, payload }: TransportMessage): string {
  const body = `${JSON.stringify([id, component, name, ...withHeaders(headers)])}\n${encode(payload)}`;
  // A UTF-16 unit takes at most three bytes, so most need no counting.
  if (body.length * 3 > MAX_MESSAGE_BYTES) checkSize(name, Buffer.byteLength(body));
  return body;
}

/** The message in a body; broken when it is none of ours. */
export function receivedMessage(body: string, endpoint: string, partition: number | undefined): ReceivedMessage {
  try {
    const end = body.indexOf('\n');
    const [id, component, name, headers] = headOf(end < 0 ? body : body.slice(0, end));
    const payload = decode(body.slice(end + 1));
    return { message: { id, name, payload, headers, endpoint, component, partition, deliverAt: undefined } };
  } catch (error) {
    return { broken: { raw: body, problem: messageOf(error) } };
  }
}

function checkSize(name: string, bytes: number): void {
  if (bytes > MAX_MESSAGE_BYTES) throw new PayloadTooLargeError(`The message "${name}"`, bytes, MAX_MESSAGE_BYTES);
}

function withHeaders(headers: MessageHeaders): MessageHeaders[] {
  for (const _ in headers) return [headers];
  return [];
}

function headOf(line: string): [id: string, component: string, name: string, headers: MessageHeaders] {
  const head: unknown = JSON.parse(line);
  if (!Array.isArray(head)) throw new BrokenMessageError('its first line is no list');
  const [id, component, name, headers = NO_HEADERS] = head as unknown[];
  if (typeof id !== 'string' || typeof component !== 'string' || typeof name !== 'string') {
    throw new BrokenMessageError('its first line lacks id, component or name');
  }
  if (typeof headers !== 'object' || headers === null) throw new BrokenMessageError('its headers are no object');
  return [id, component, name, headers === NO_HEADERS ? NO_HEADERS : Object.freeze(headers as Record<string, string>)];
}
