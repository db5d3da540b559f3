import { randomInt } from 'node:crypto';
import type { InboundTransport, MessageTransaction, ReceiverOptions } from '@ndomain/core';
import type { LeasedRow } from './message-table.ts';
import { SqliteMessageTransaction } from './sqlite-message-transaction.ts';
import type { TransportParts } from './transport-parts.ts';
import { queueKey } from './wakers.ts';

const NOTHING: readonly MessageTransaction[] = [];
/** Numbers up to here are exact in JavaScript, and random enough that no two receives ever share one. */
const LARGEST_LEASE = 2 ** 48 - 1;

/** Leases messages of one queue. Waiting costs nothing but a look after each commit of another process. */
export class SqliteReceiver implements InboundTransport {
  readonly #endpoint: string;
  readonly #options: ReceiverOptions;
  readonly #parts: TransportParts;
  readonly #open = new Set<SqliteMessageTransaction>();

  constructor(endpoint: string, options: ReceiverOptions, parts: TransportParts) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#parts = parts;
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    while (!signal.aborted) {
      // Looking first costs a read; a write that finds nothing would take the lock from others.
      const queue = this.#queueWithMessages();
      if (queue === undefined) {
        await this.#wait(signal);
        continue;
      }
      const transactions = await this.#lease(queue, max, signal);
      if (transactions.length === 0) continue;
      if (!signal.aborted) return transactions;
      await this.#giveBack(transactions);
    }
    return NOTHING;
  }

  close(): Promise<void> {
    return this.#giveBack([...this.#open]);
  }

  #queueWithMessages(): number | undefined {
    const { queues, messages, clock } = this.#parts;
    const queue = queues.find(this.#endpoint, this.#options.partition);
    return queue !== undefined && messages.hasAny(queue, clock.now()) ? queue : undefined;
  }

  async #lease(queue: number, max: number, signal: AbortSignal): Promise<SqliteMessageTransaction[]> {
    const { database, messages, clock } = this.#parts;
    const lease = randomInt(1, LARGEST_LEASE);
    const { partition, leaseMs } = this.#options;
    const [rows, visibleAt] = await database.write((): [LeasedRow[], number] => {
      const now = clock.now();
      const until = Math.ceil(now + leaseMs);
      return [signal.aborted ? [] : messages.lease(queue, max, lease, now, until), until];
    });
    return rows.map((row) => {
      const place = { queue, place: row[0], lease, visibleAt };
      const transaction = new SqliteMessageTransaction(place, row, this.#endpoint, partition, this.#parts, this.#open);
      this.#open.add(transaction);
      return transaction;
    });
  }

  /** Until something may have become due, or the signal is aborted. */
  #wait(signal: AbortSignal): Promise<void> {
    const { database, queues, messages, wakers, clock } = this.#parts;
    return new Promise((resolve) => {
      const queue = queues.find(this.#endpoint, this.#options.partition);
      const dueAt = queue === undefined ? undefined : messages.nextDue(queue);
      const wake = (): void => {
        timer?.cancel();
        stopListening();
        stopWaiting();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer =
        dueAt === undefined ? undefined : clock.schedule(Math.max(0, dueAt - clock.now()), wake, { background: true });
      const stopListening = database.onForeignChange(wake);
      const stopWaiting = wakers.add(queueKey(this.#endpoint, this.#options.partition), wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async #giveBack(transactions: readonly SqliteMessageTransaction[]): Promise<void> {
    await Promise.allSettled(transactions.map((transaction) => transaction.release()));
  }
}
