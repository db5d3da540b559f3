import { PayloadTooLargeError, type Clock, type TransportMessage } from '@ndomain/core';
import { dueAt } from './due.ts';
import { messageText } from './message-text.ts';

/**
 * The longest message, in bytes of UTF-8. The service's own limit for a blob is far above it (5,000 MiB in one request:
 * https://learn.microsoft.com/rest/api/storageservices/put-blob); this one keeps what a receiver has in hand in memory (G10).
 */
export const MOST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** A message that is ready to be sent. */
export interface Outgoing {
  readonly message: TransportMessage;
  readonly text: string;
  /** Of the text, in UTF-8. */
  readonly bytes: number;
  /** When it is due, by the clock's monotonic time. */
  readonly dueAt: number;
}

/** Throws `ND_NOT_REPRESENTABLE`, `ND_PAYLOAD_TOO_LARGE`. */
export function outgoing(message: TransportMessage, clock: Clock): Outgoing {
  const { deliverAt = 0, delayMs } = message;
  const text = messageText(message);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_MESSAGE_BYTES) {
    throw new PayloadTooLargeError(`The message "${message.name}" (${message.id})`, bytes, MOST_MESSAGE_BYTES);
  }
  return { message, text, bytes, dueAt: delayMs === undefined ? dueAt(clock, deliverAt) : clock.monotonic() + delayMs };
}
