/*
 * What stands in a queue: in Base64, as the portal shows it, a line of JSON about the delivery, and the message (message-text.ts) unless
 * that is in a blob. Base64, because a queue's text is part of an XML document: this way any text passes, and its size on the wire is known.
 */

/** https://learn.microsoft.com/azure/storage/queues/scalability-targets: 64 KiB, which Base64 makes of 48. */
const MOST_BYTES = 48 * 1024;
/** Kept free for the note, which grows when a message is released or put off. */
const NOTE_BYTES = 512;

/** The longest message that stands in the queue itself, in bytes of UTF-8. A longer one is put into a blob. */
export const MOST_INLINE_BYTES = MOST_BYTES - NOTE_BYTES;

const VERSION = 1;

/** About the delivery of a message, not about the message. */
export interface DeliveryNote {
  /** The version of this format. */
  readonly ndomain: typeof VERSION;
  /** Deliveries that do not count, because the message was given back untried: the service counts them too. */
  readonly released?: number | undefined;
  /** Not to be delivered before this moment of the service's time, in milliseconds since the epoch: further away than it can hide a message. */
  readonly until?: number | undefined;
  /** The blob that holds the message. */
  readonly blob?: string | undefined;
}

export const NEW_NOTE: DeliveryNote = { ndomain: VERSION };

export function queueText(note: DeliveryNote, text: string): string {
  return Buffer.from(`${JSON.stringify(note)}\n${text}`).toString('base64');
}

/** Undefined for what none of ours has put there. */
export function readQueueText(raw: string): { readonly note: DeliveryNote; readonly text: string } | undefined {
  const decoded = Buffer.from(raw, 'base64').toString();
  const end = decoded.indexOf('\n');
  if (end < 0 || !decoded.startsWith(`{"ndomain":${VERSION}`)) return undefined;
  const note = noteOf(decoded.slice(0, end));
  return note === undefined ? undefined : { note, text: decoded.slice(end + 1) };
}

function noteOf(line: string): DeliveryNote | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { ndomain, released, until, blob } = parsed as Partial<Record<keyof DeliveryNote, unknown>>;
    if (ndomain !== VERSION) return undefined;
    return {
      ndomain,
      released: typeof released === 'number' ? released : undefined,
      until: typeof until === 'number' ? until : undefined,
      blob: typeof blob === 'string' ? blob : undefined,
    };
  } catch {
    return undefined;
  }
}
