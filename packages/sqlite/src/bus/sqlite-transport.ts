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
import { MessageTable } from './message-table.ts';
import { Queues } from './queues.ts';
import { readFigures } from './queue-figures.ts';
import { SqliteDeadLetters } from './sqlite-dead-letters.ts';
import { SqliteEnlistedSend } from './sqlite-enlisted-send.ts';
import { SqliteReceiver } from './sqlite-receiver.ts';
import type { TransportParts } from './transport-parts.ts';
import { Wakers } from './wakers.ts';

/**
 * Queues in a SQLite file, for the processes of one machine. A waiting receiver is woken by a send: at once within the process, and
 * by a watch on the file's log from another one.
 */
export class SqliteTransport implements Transport {
  readonly capabilities = { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' } as const;
  /** The open file: events of a store on the same one share its transactions, and leases in it are checked in them. */
  readonly storage: SqliteDatabase;
  readonly #parts: TransportParts;
  readonly #receivers = new Set<SqliteReceiver>();

  constructor(database: SqliteDatabase, clock: Clock = systemClock) {
    this.storage = database;
    this.#parts = {
      database,
      clock,
      time: database.timeOf(clock),
      queues: new Queues(database),
      messages: new MessageTable(database),
      wakers: new Wakers(),
    };
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const sending = this.enlist(messages);
    await this.storage.write(() => sending.write());
    sending.wake();
  }

  enlist(messages: readonly TransportMessage[]): SqliteEnlistedSend {
    return new SqliteEnlistedSend(messages, this.#parts);
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
    const { database, time } = this.#parts;
    return database.read(() => readFigures(database, endpoint, time));
  }

  checkEndpointName(): void {
    // Any text will do as the value of a column.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const receiver of this.#receivers) await receiver.close();
    this.#receivers.clear();
  }
}
