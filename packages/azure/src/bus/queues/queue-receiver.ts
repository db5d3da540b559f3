import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { InboundTransport, MessageTransaction, ReceiverOptions } from '@ndomain/core';
import { Certainty } from './certainty.ts';
import { untilAborted, within } from './endings.ts';
import { leaseSeconds } from './hiding.ts';
import type { MessageQueue } from './message-queue.ts';
import { Pace } from './pace.ts';
import type { QueueParts } from './queue-parts.ts';
import { QueueTransaction } from './queue-transaction.ts';
import { readQueueText } from './queue-text.ts';
import { Receiving } from './receiving.ts';
import { queueKey } from './wakers.ts';

const NOTHING: readonly MessageTransaction[] = [];
/** For so long closing waits for the answer to a receive that was given up, in milliseconds. */
const LONGEST_GIVING_BACK_MS = 2_000;

/** Leases messages of one queue: looks at once while there is work, ever more seldom while there is none, and at once when this process sends. */
export class QueueReceiver implements InboundTransport {
  readonly #endpoint: string;
  readonly #leaseMs: number;
  readonly #queue: MessageQueue;
  readonly #parts: QueueParts;
  readonly #pace: Pace;
  readonly #receiving: Receiving;
  readonly #key: string;
  readonly #onClose: (receiver: QueueReceiver) => void;
  readonly #open = new Set<QueueTransaction>();
  /** What goes back after a wait that was ended. */
  readonly #givingBack = new Set<Promise<void>>();

  /** `onClose` is called when it is closed. */
  constructor(
    endpoint: string,
    { leaseMs, onReceiving }: ReceiverOptions,
    parts: QueueParts,
    onClose: (receiver: QueueReceiver) => void,
  ) {
    this.#onClose = onClose;
    this.#endpoint = endpoint;
    this.#leaseMs = leaseMs;
    this.#queue = parts.queues.of(endpoint);
    this.#parts = parts;
    this.#pace = new Pace(parts.clock.monotonic());
    this.#receiving = new Receiving(this.#queue.address, parts.clock, onReceiving);
    this.#key = queueKey(endpoint, undefined);
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    const { wakers, clock } = this.#parts;
    while (!signal.aborted) {
      const version = wakers.version(this.#key);
      const leasing = this.#lease(max, signal);
      const transactions = await untilAborted(leasing, signal).catch((error: unknown) => {
        this.#receiving.fails(error);
        throw error;
      });
      if (transactions === undefined) {
        this.#giveBackLater(leasing);
        break;
      }
      if (transactions.length > 0) {
        this.#pace.busy(clock.monotonic());
        return transactions;
      }
      await wakers.wait(this.#key, version, this.#pace.pauseMs(clock.monotonic()), signal);
    }
    return NOTHING;
  }

  async close(): Promise<void> {
    await within(LONGEST_GIVING_BACK_MS, Promise.all(this.#givingBack), this.#parts.clock);
    await giveBack([...this.#open]);
    this.#onClose(this);
  }

  async #lease(max: number, signal: AbortSignal): Promise<readonly QueueTransaction[]> {
    const seconds = leaseSeconds(this.#leaseMs);
    const certainty = new Certainty(this.#parts.clock, seconds * 1_000);
    const items = await this.#receiving.watch(this.#queue.receive(max, seconds, signal), signal);
    if (items.length === 0) return [];
    const opened = await Promise.allSettled(items.map((item) => this.#opened(item, certainty)));
    const transactions = opened.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const failed = opened.find((one) => one.status === 'rejected');
    // What could not be read comes back when its lease is over. Where that is all there is, the worker is to know.
    if (failed !== undefined && transactions.length === 0) throw failed.reason;
    return transactions;
  }

  /** Undefined for a message that is not due yet: it makes another hop. */
  async #opened(item: DequeuedMessageItem, certainty: Certainty): Promise<QueueTransaction | undefined> {
    const { serviceClock, claims } = this.#parts;
    const { messageId, popReceipt, dequeueCount, messageText: raw } = item;
    const read = readQueueText(raw);
    const note = read?.note;
    const isDue = note?.until === undefined || note.until <= serviceClock.now();
    const text = note?.blob === undefined || !isDue ? read?.text : await claims.get(note.blob);
    const transaction = new QueueTransaction(
      {
        endpoint: this.#endpoint,
        receipt: { messageId, popReceipt },
        dequeueCount,
        certainty,
        leaseMs: this.#leaseMs,
        raw,
        note,
        text,
      },
      this.#queue,
      this.#parts,
      this.#open,
    );
    if (isDue) return transaction;
    await transaction.postpone(note.until);
    return undefined;
  }

  #giveBackLater(leasing: Promise<readonly QueueTransaction[]>): void {
    // When the answer never comes, neither does a transaction: what may be leased comes back by itself.
    const going = leasing.then(giveBack, () => undefined);
    this.#givingBack.add(going);
    void going.finally(() => this.#givingBack.delete(going));
  }
}

/** Uncounted. What cannot be given back comes back by itself. */
async function giveBack(transactions: readonly QueueTransaction[]): Promise<void> {
  await Promise.allSettled(transactions.map((transaction) => transaction.release()));
}
