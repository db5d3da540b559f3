import { HEADERS, type Message } from './message.ts';

/** What a message is ordered by (G5): the `key` it was sent with, else its aggregate. Undefined: by nothing. */
export function orderingKeyOf({ headers }: Message): string | undefined {
  const key = headers[HEADERS.key];
  if (key !== undefined) return key;
  const aggregateId = headers[HEADERS.aggregateId];
  return aggregateId === undefined ? undefined : `${headers[HEADERS.aggregateName] ?? ''}/${aggregateId}`;
}

/**
 * The partition, from 0, that a message of an ordered endpoint belongs to: all messages of one key are in one. Senders of all
 * versions must agree, so this never changes: FNV-1a over the UTF-16 units of the key, or of the id where there is no key.
 */
export function partitionOf(message: Message, partitions: number): number {
  const text = orderingKeyOf(message) ?? message.id;
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93);
  return (hash >>> 0) % partitions;
}
