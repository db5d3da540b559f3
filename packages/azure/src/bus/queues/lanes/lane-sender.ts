import { newId } from '@ndomain/core';
import { codeOf, isConflict } from '../../../connection/azure-errors.ts';
import type { Outgoing } from '../outgoing.ts';
import { MOST_INLINE_BYTES } from '../queue-text.ts';
import { queueKey } from '../wakers.ts';
import { laneOfHead, momentText, type LaneRow } from './lane-rows.ts';
import type { LaneParts } from './lane-parts.ts';
import { chunked, fits, planned, type Batch, type Head, type Item } from './lane-plan.ts';

/** How often one transaction is tried while others send to the same lanes. */
const MOST_TRIES = 100;

/** What was asked for together, and stays together as far as one transaction goes. */
interface Job extends Batch {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Puts messages into the lanes of one endpoint. One transaction of this process is under way at a time; what is sent meanwhile goes
 * together with the next one, in order.
 */
export class LaneSender {
  readonly #parts: LaneParts;
  readonly #jobs: Job[] = [];
  #heads: Map<number, Head> | undefined;
  #isSending = false;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when all are stored. All or nothing up to 80 messages and 2.5 MB; more go in several transactions. `isFirst`: before all others,
   * in their order.
   */
  async send(messages: readonly Outgoing[], isFirst = false): Promise<void> {
    const items = await Promise.all(messages.map((message) => this.#item(message)));
    const parts = chunked(items);
    // What goes before all others is put there from its end.
    for (const part of isFirst ? parts.toReversed() : parts) await this.#enqueue(part, isFirst);
  }

  #enqueue(items: readonly Item[], isFirst: boolean): Promise<void> {
    return new Promise((done, failed) => {
      this.#jobs.push({ items, isFirst, done, failed });
      if (!this.#isSending) void this.#run();
    });
  }

  async #item({ message, text, bytes, dueAt }: Outgoing): Promise<Item> {
    const { claims, clock, serviceClock, endpoint } = this.#parts;
    const isLarge = bytes > MOST_INLINE_BYTES;
    const body = isLarge ? { Blob: await claims.put(endpoint, text) } : { Body: Buffer.from(text) };
    const now = serviceClock.now();
    const delayMs = Math.max(0, dueAt - clock.monotonic());
    const row: LaneRow = {
      ...body,
      Deliveries: 0,
      VisibleAt: momentText(delayMs > 0 ? now + delayMs : 0),
      ReadyAt: momentText(now + delayMs),
      IsLeased: false,
      Change: '',
    };
    return { lane: message.partition ?? 0, row, bytes: isLarge ? 0 : bytes, dueAt };
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    for (let jobs = this.#next(); jobs.length > 0; jobs = this.#next()) {
      try {
        await this.#store(jobs);
        for (const job of jobs) job.done();
      } catch (error) {
        for (const job of jobs) job.failed(error);
      }
    }
    this.#isSending = false;
  }

  /** As many as one transaction holds. */
  #next(): Job[] {
    const jobs: Job[] = [];
    const items: Item[] = [];
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      items.push(...job.items);
      if (jobs.length > 0 && !fits(items)) break;
      jobs.push(job);
      this.#jobs.shift();
    }
    return jobs;
  }

  async #store(jobs: readonly Job[]): Promise<void> {
    const { table, watch, wakers, clock, endpoint } = this.#parts;
    const sent = newId();
    for (let tries = 1; ; tries++) {
      this.#heads ??= await this.#readHeads();
      const { actions, heads, firstKey } = planned(jobs, this.#heads, table.partitionKey, sent);
      try {
        const { subResponses } = await table.transact(actions);
        for (const [i, [lane, head]] of [...heads].entries()) {
          const etag = subResponses[i]?.etag;
          watch.knows(lane, head.etag, etag);
          this.#heads.set(lane, { ...head, etag });
        }
        break;
      } catch (error) {
        this.#heads = undefined;
        // Not there any more: the table was deleted and made again.
        if (!isConflict(error) && codeOf(error) !== 'ResourceNotFound') throw error;
        // It may be our own first try, whose answer was lost.
        if (await this.#wasSent(sent, firstKey)) break;
        if (tries >= MOST_TRIES) throw error;
      }
    }
    const now = clock.monotonic();
    for (const { items } of jobs) {
      for (const { lane, dueAt } of items) wakers.wakeIn(queueKey(endpoint, lane), dueAt - now);
    }
  }

  async #wasSent(sent: string, firstKey: string): Promise<boolean> {
    const row = await this.#parts.table.row(firstKey);
    if (row?.Change === sent) return true;
    const heads = await this.#parts.table.heads();
    return heads.some((head) => head.Sent === sent);
  }

  async #readHeads(): Promise<Map<number, Head>> {
    const heads = new Map<number, Head>();
    for (const { rowKey = '', Next: next, First: first, etag } of await this.#parts.table.heads()) {
      heads.set(laneOfHead(rowKey), { next: Number(next), first: Number(first), etag });
    }
    return heads;
  }
}
