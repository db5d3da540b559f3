import {
  systemClock,
  type Clock,
  type DeadLetters,
  type InboundTransport,
  type QueueFigures,
  type ReceiverOptions,
  type Transport,
  type TransportMessage,
} from '@ndomain/core';
import type { SqliteDatabase } from '../database/sqlite-database.ts';
import { encodedMessage, type MessageRow } from './message-rows.ts';
import { MessageTable } from './message-table.ts';
import { Queues } from './queues.ts';
import { readFigures } from './queue-figures.ts';
import { SqliteDeadLetters } from './sqlite-dead-letters.ts';
import { SqliteReceiver } from './sqlite-receiver.ts';
import type { TransportParts } from './transport-parts.ts';
import { queueKey, Wakers } from './wakers.ts';

/** Messages that are ready to be written. */
export interface EncodedMessages {
  /** To be called within a write. */
  readonly write: () => void;
  /** To be called after its commit. */
  readonly wake: () => void;
}

/**
 * Queues in a SQLite file, for the processes of one machine. A waiting receiver is woken by a send: at once within the process, and
 * by a watch on the file's log from another one.
 */
export class SqliteTransport implements Transport {
  readonly capabilities = { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' } as const;
  readonly database: SqliteDatabase;
  readonly #parts: TransportParts;
  readonly #receivers = new Set<SqliteReceiver>();

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.database = database;
    this.#parts = {
      database,
      clock,
      queues: new Queues(database),
      messages: new MessageTable(database),
      wakers: new Wakers(),
    };
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const encoded = this.encode(messages);
    await this.database.write(encoded.write);
    encoded.wake();
  }

  /** Makes messages ready to be written within somebody's transaction. Throws `ND_NOT_REPRESENTABLE`. */
  encode(messages: readonly TransportMessage[]): EncodedMessages {
    const { queues, messages: table, wakers, clock } = this.#parts;
    const rows = messages.map((message): [string, number | undefined, MessageRow] => [
      message.endpoint,
      message.partition,
      encodedMessage(message),
    ]);
    return {
      write: () => {
        const now = Math.floor(clock.now());
        for (const [endpoint, partition, row] of rows) table.add(queues.findOrAdd(endpoint, partition), now, row);
      },
      wake: () => {
        for (const key of new Set(rows.map(([endpoint, partition]) => queueKey(endpoint, partition)))) wakers.wake(key);
      },
    };
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const receiver = new SqliteReceiver(endpoint, options, this.#parts);
    this.#receivers.add(receiver);
    return receiver;
  }

  deadLetters(endpoint: string): DeadLetters {
    return new SqliteDeadLetters(endpoint, this.#parts);
  }

  figures(endpoint: string): Promise<QueueFigures> {
    const { database, clock } = this.#parts;
    return database.read(() => readFigures(database, endpoint, clock.now()));
  }

  checkEndpointName(): void {
    // Any text will do as the value of a column.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const receiver of this.#receivers) await receiver.close();
    this.#receivers.clear();
  }
}
