import type { EnlistedSend, TransportMessage } from '@ndomain/core';
import { encodedMessage, momentOf, type MessageRow } from './message-rows.ts';
import type { TransportParts } from './transport-parts.ts';
import { queueKey } from './wakers.ts';

interface Addressed {
  readonly endpoint: string;
  readonly partition: number | undefined;
  /** Given where a delay was asked for, and not a date. */
  readonly delayMs: number | undefined;
  readonly row: MessageRow;
}

/** Messages that are encoded and ready to be written within a transaction of their file. */
export class SqliteEnlistedSend implements EnlistedSend {
  readonly storage: object;
  readonly #parts: TransportParts;
  readonly #messages: readonly Addressed[];

  /** Throws `ND_NOT_REPRESENTABLE`. */
  constructor(messages: readonly TransportMessage[], parts: TransportParts) {
    this.storage = parts.database;
    this.#parts = parts;
    this.#messages = messages.map((message) => ({
      endpoint: message.endpoint,
      partition: message.partition,
      delayMs: message.delayMs,
      row: encodedMessage(message),
    }));
  }

  /** To be called within a write. */
  write(): void {
    const { queues, messages, time } = this.#parts;
    const now = Math.floor(time.now());
    for (const { endpoint, partition, delayMs, row } of this.#messages) {
      const [, , , , , deliverAt] = row;
      const visibleAt = deliverAt === null ? momentOf(now + (delayMs ?? 0)) : time.fromDay(deliverAt);
      messages.add(queues.findOrAdd(endpoint, partition), now, visibleAt, row);
    }
  }

  /** To be called after the commit: wakes those who wait for these messages. */
  wake(): void {
    const keys = new Set(this.#messages.map(({ endpoint, partition }) => queueKey(endpoint, partition)));
    for (const key of keys) this.#parts.wakers.wake(key);
  }
}
