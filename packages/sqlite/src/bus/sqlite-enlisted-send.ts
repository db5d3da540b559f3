import type { EnlistedSend, TransportMessage } from '@ndomain/core';
import { encodedMessage, type MessageRow } from './message-rows.ts';
import type { TransportParts } from './transport-parts.ts';
import { queueKey } from './wakers.ts';

interface Addressed {
  readonly endpoint: string;
  readonly partition: number | undefined;
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
      row: encodedMessage(message),
    }));
  }

  /** To be called within a write. */
  write(): void {
    const { queues, messages, clock } = this.#parts;
    const now = Math.floor(clock.now());
    for (const { endpoint, partition, row } of this.#messages) {
      messages.add(queues.findOrAdd(endpoint, partition), now, row);
    }
  }

  /** To be called after the commit: wakes those who wait for these messages. */
  wake(): void {
    const keys = new Set(this.#messages.map(({ endpoint, partition }) => queueKey(endpoint, partition)));
    for (const key of keys) this.#parts.wakers.wake(key);
  }
}
