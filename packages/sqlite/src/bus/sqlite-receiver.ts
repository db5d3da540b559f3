import { randomInt } from 'node:crypto';
import {
  LeaseLostError,
  LONGEST_UNSEEN_MS,
  type InboundTransport,
  type MessageTransaction,
  type ReceiverOptions,
} from '@ndomain/core';
import { asOurs } from '../database/sqlite-errors.ts';
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
  /** What was told last of whether receiving works. */
  #works: boolean | undefined;

  constructor(endpoint: string, options: ReceiverOptions, parts: TransportParts) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#parts = parts;
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    try {
      return await this.#receive(max, signal);
    } catch (error) {
      const problem = asOurs(error, this.#parts.database.path);
      this.#tell(problem);
      throw problem;
    }
  }

  close(): Promise<void> {
    return this.#giveBack([...this.#open]);
  }

  async #receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    const { database, time } = this.#parts;
    while (!signal.aborted) {
      // The time of day was set: a transaction puts right what waits for it.
      if (time.isOff) await database.write(() => undefined);
      // Looking first costs a read; a write that finds nothing would take the lock from others.
      const queue = this.#queueWithMessages();
      if (queue === undefined) {
        this.#tell(undefined);
        await this.#wait(signal);
        continue;
      }
      const transactions = await this.#lease(queue, max, signal);
      this.#tell(undefined);
      if (transactions.length === 0) continue;
      if (!signal.aborted) return transactions;
      await this.#giveBack(transactions);
    }
    return NOTHING;
  }

  #tell(problem: unknown): void {
    const works = problem === undefined;
    if (works === this.#works) return;
    this.#works = works;
    this.#options.onReceiving?.(problem);
  }

  #queueWithMessages(): number | undefined {
    const { queues, messages, time } = this.#parts;
    const queue = queues.find(this.#endpoint, this.#options.partition);
    return queue !== undefined && messages.hasAny(queue, time.now()) ? queue : undefined;
  }

  async #lease(queue: number, max: number, signal: AbortSignal): Promise<SqliteMessageTransaction[]> {
    const { database, messages, time } = this.#parts;
    const lease = randomInt(1, LARGEST_LEASE);
    const { leaseMs, partition, lease: ofPartition } = this.#options;
    const [rows, visibleAt] = await database.write((): [LeasedRow[], number] => {
      if (ofPartition !== undefined && !database.fences.holds(ofPartition)) {
        throw new LeaseLostError(`next of partition ${partition ?? ''}`, this.#endpoint);
      }
      const now = time.now();
      const until = Math.ceil(now + leaseMs);
      return [signal.aborted ? [] : messages.lease(queue, max, lease, now, until), until];
    });
    return rows.map((row) => {
      const place = { queue, place: row[0], lease, visibleAt };
      const transaction = new SqliteMessageTransaction(
        place,
        row,
        this.#endpoint,
        this.#options,
        this.#parts,
        this.#open,
      );
      this.#open.add(transaction);
      return transaction;
    });
  }

  /** Until something may have become due, or the signal is aborted. */
  #wait(signal: AbortSignal): Promise<void> {
    const { database, queues, messages, wakers, clock, time } = this.#parts;
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
      const pause = dueAt === undefined ? undefined : Math.min(Math.max(0, dueAt - time.now()), LONGEST_UNSEEN_MS);
      const timer = pause === undefined ? undefined : clock.schedule(pause, wake, { background: true });
      const stopListening = database.onForeignChange(wake);
      const stopWaiting = wakers.add(queueKey(this.#endpoint, this.#options.partition), wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  async #giveBack(transactions: readonly SqliteMessageTransaction[]): Promise<void> {
    await Promise.allSettled(transactions.map((transaction) => transaction.release()));
  }
}
