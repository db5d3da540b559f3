import type { TransactionAction } from '@azure/data-tables';
import {
  BackendUnreachableError,
  isNDomainError,
  newId,
  sleep,
  type InboundTransport,
  type MessageTransaction,
  type ReceiverOptions,
} from '@ndomain/core';
import { codeOf, isConflict } from '../../../connection/azure-errors.ts';
import { Certainty } from '../certainty.ts';
import { untilAborted, within } from '../endings.ts';
import { Receiving } from '../receiving.ts';
import { queueKey } from '../wakers.ts';
import type { LaneParts } from './lane-parts.ts';
import { momentText, type LaneRow, type StoredLaneRow } from './lane-rows.ts';
import { MOST_PER_TRANSACTION } from './lane-table.ts';
import { LaneTransaction } from './lane-transaction.ts';

const NOTHING: readonly MessageTransaction[] = [];
/** For so long after an abort an answer is waited for, in milliseconds. */
const LONGEST_ANSWER_MS = 2_000;
/** What is due that soon may be somebody else's by then: it is not asked for again and again. */
const SHORTEST_WAIT_MS = 20;
/** While the table cannot be reached it is asked again after this, in milliseconds, and the SDK's own tries. */
const AWAY_MS = 2_000;
const A_DAY_MS = 24 * 60 * 60 * 1_000;

/** Leases the messages of one lane, in order: a query and a transaction for up to 100 of them. */
export class LaneReceiver implements InboundTransport {
  readonly #lane: number;
  readonly #leaseMs: number;
  readonly #parts: LaneParts;
  readonly #key: string;
  readonly #receiving: Receiving;
  readonly #onClose: (receiver: LaneReceiver) => void;
  readonly #open = new Set<LaneTransaction>();

  /** `onClose` is called when it is closed. */
  constructor(
    lane: number,
    { leaseMs, onReceiving }: ReceiverOptions,
    parts: LaneParts,
    onClose: (receiver: LaneReceiver) => void,
  ) {
    this.#onClose = onClose;
    this.#lane = lane;
    this.#leaseMs = leaseMs;
    this.#parts = parts;
    this.#key = queueKey(parts.endpoint, lane);
    this.#receiving = new Receiving(parts.table.address, parts.clock, onReceiving);
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    try {
      return await this.#receive(max, signal);
    } catch (error) {
      if (!signal.aborted) this.#receiving.fails(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await giveBack([...this.#open]);
    this.#onClose(this);
  }

  async #receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    const { wakers, watch } = this.#parts;
    while (!signal.aborted) {
      const version = wakers.version(this.#key);
      const transactions = await this.#inTime(this.#lease(Math.min(max, MOST_PER_TRANSACTION), signal), signal);
      if (transactions.length === 0) {
        await this.#wait(version, signal);
        continue;
      }
      watch.busy();
      if (!signal.aborted) return transactions;
      await giveBack(transactions);
    }
    return NOTHING;
  }

  /**
   * The order depends on what is leased, so the answer is waited for after an abort too; but not for ever. Throws then: messages may be leased
   * that nobody has in hand.
   */
  async #inTime(leasing: Promise<LaneTransaction[]>, signal: AbortSignal): Promise<LaneTransaction[]> {
    const { clock, endpoint } = this.#parts;
    const transactions = (await untilAborted(leasing, signal)) ?? (await within(LONGEST_ANSWER_MS, leasing, clock));
    if (transactions !== undefined) return transactions;
    leasing.then(giveBack).catch(() => undefined);
    const cause = new Error('the answer to a receive did not come');
    throw new BackendUnreachableError('Azure Storage', `the endpoint "${endpoint}"`, LONGEST_ANSWER_MS, cause);
  }

  /** Until there may be something. Throws when the lane cannot be watched. */
  async #wait(version: number, signal: AbortSignal): Promise<void> {
    const { wakers, watch } = this.#parts;
    const longestMs = await this.#untilDue(signal);
    let failure: { readonly error: unknown } | undefined;
    const failed = (error: unknown): void => {
      failure = { error };
      wakers.wake(this.#key);
    };
    const leave = watch.enter({ receiving: this.#receiving, failed });
    try {
      await wakers.wait(this.#key, version, longestMs, signal);
    } finally {
      leave();
    }
    if (failure !== undefined) throw failure.error;
  }

  async #lease(max: number, signal: AbortSignal): Promise<LaneTransaction[]> {
    const { table, clock, serviceClock, claims } = this.#parts;
    const rows = await this.#answerTo(() => table.receivable(this.#lane, max), signal);
    // After an abort what is not leased is left to others.
    if (rows.length === 0 || signal.aborted) return [];
    const certainty = new Certainty(clock, this.#leaseMs);
    const leased = await this.#change(rows, {
      VisibleAt: momentText(serviceClock.now() + this.#leaseMs),
      IsLeased: true,
      Change: newId(),
    });
    return Promise.all(
      leased.map(async ({ rowKey = '', etag, Deliveries, Body: body, Blob: blob }) => {
        const text = blob === undefined ? Buffer.from(body ?? []).toString() : await claims.get(blob);
        const place = { lane: this.#lane, rowKey, etag };
        const lease = { deliveries: Deliveries ?? 1, leaseMs: this.#leaseMs, certainty };
        return new LaneTransaction({ ...place, ...lease, text, blob }, this.#parts, this.#open);
      }),
    );
  }

  /**
   * Asks until there is an answer. A question leases nothing, so nothing can be missing after one that failed; where a lease may be lost, the
   * failure is the caller's to know. Nothing after an abort.
   */
  async #answerTo(
    ask: () => Promise<readonly StoredLaneRow[]>,
    signal: AbortSignal,
  ): Promise<readonly StoredLaneRow[]> {
    while (!signal.aborted) {
      try {
        return await this.#receiving.watch(ask(), signal);
      } catch (error) {
        if (!isNDomainError(error, 'ND_BACKEND_UNREACHABLE')) throw error;
        if (!signal.aborted) this.#receiving.fails(error);
        await sleep(this.#parts.clock, AWAY_MS, signal);
      }
    }
    return [];
  }

  /** All of them, or none because somebody else was first. */
  async #change(
    rows: readonly StoredLaneRow[],
    change: Pick<LaneRow, 'VisibleAt' | 'IsLeased' | 'Change'>,
  ): Promise<readonly StoredLaneRow[]> {
    const { table } = this.#parts;
    const { partitionKey } = table;
    const actions = rows.map(({ rowKey = '', etag, Deliveries = 0 }): TransactionAction => {
      return ['update', { partitionKey, rowKey, ...change, Deliveries: Deliveries + 1 }, 'Merge', { etag }];
    });
    try {
      const { subResponses } = await table.transact(actions);
      return rows.map((row, i) => ({
        ...row,
        Deliveries: (row.Deliveries ?? 0) + 1,
        etag: subResponses[i]?.etag ?? row.etag,
      }));
    } catch (error) {
      // Not there any more: somebody else was even done with it.
      if (!isConflict(error) && codeOf(error) !== 'ResourceNotFound') throw error;
    }
    // It may be our own first try, whose answer was lost: then they are leased to us.
    const stored = await table.between(rows[0]?.rowKey ?? '', rows.at(-1)?.rowKey ?? '');
    return stored.filter((row) => row.Change === change.Change);
  }

  /** How long until one of those that are hidden can be received, in milliseconds. */
  async #untilDue(signal: AbortSignal): Promise<number> {
    const { table, serviceClock } = this.#parts;
    const states = await this.#answerTo(() => table.states(this.#lane), signal);
    const now = momentText(serviceClock.now());
    let soonest = A_DAY_MS;
    // A row without the property is none of ours, and is never received.
    for (const { VisibleAt: at } of states) if (at !== undefined) soonest = Math.min(soonest, Number(at) - Number(now));
    return Math.max(SHORTEST_WAIT_MS, soonest);
  }
}

async function giveBack(transactions: readonly LaneTransaction[]): Promise<void> {
  for (const transaction of transactions.toReversed()) await transaction.release().catch(() => undefined);
}
