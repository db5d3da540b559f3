import type { TransactionAction } from '@azure/data-tables';
import { newId } from '@ndomain/core';
import { isConflict } from '../../../connection/azure-errors.ts';
import type { Outgoing } from '../outgoing.ts';
import { MOST_INLINE_BYTES } from '../queue-text.ts';
import { queueKey } from '../wakers.ts';
import { FIRST_PLACE, headKey, laneOfHead, messageKey, momentText, type LaneRow } from './lane-rows.ts';
import type { LaneParts } from './lane-parts.ts';
import { MOST_PER_TRANSACTION } from './lane-table.ts';

/** Of a transaction's 4 MiB on the wire, in bytes of bodies, which are Base64 there. */
const MOST_BYTES = 2_500_000;
/** How often one transaction is tried while others send to the same lanes. */
const MOST_TRIES = 100;

/** A row that is to be put at the end of a lane, or before all others. */
interface Item {
  readonly lane: number;
  readonly row: LaneRow;
  readonly bytes: number;
  readonly dueAt: number;
}

/** What was asked for together, and stays together as far as one transaction goes. */
interface Job {
  readonly items: readonly Item[];
  readonly isFirst: boolean;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Head {
  next: number;
  first: number;
  /** Undefined for a lane that nobody has sent to. */
  readonly etag: string | undefined;
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

  async #item({ message, text, bytes }: Outgoing): Promise<Item> {
    const { claims, serverClock, endpoint } = this.#parts;
    const isLarge = bytes > MOST_INLINE_BYTES;
    const body = isLarge ? { Blob: await claims.put(endpoint, text) } : { Body: Buffer.from(text) };
    const now = serverClock.now();
    const dueAt = message.deliverAt === undefined ? 0 : serverClock.fromOurs(message.deliverAt);
    const row: LaneRow = {
      ...body,
      Deliveries: 0,
      VisibleAt: momentText(dueAt > now ? dueAt : 0),
      ReadyAt: momentText(Math.max(dueAt, now)),
      IsLeased: false,
      Change: '',
    };
    return { lane: message.partition ?? 0, row, bytes: isLarge ? 0 : bytes, dueAt: message.deliverAt ?? 0 };
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
    let count = 0;
    let bytes = 0;
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      count += sizeOf(job.items);
      for (const item of job.items) bytes += item.bytes;
      if (jobs.length > 0 && (count > MOST_PER_TRANSACTION || bytes > MOST_BYTES)) break;
      jobs.push(job);
      this.#jobs.shift();
    }
    return jobs;
  }

  async #store(jobs: readonly Job[]): Promise<void> {
    const { table, watch, wakers, endpoint } = this.#parts;
    const sent = newId();
    for (let tries = 1; ; tries++) {
      this.#heads ??= await this.#readHeads();
      const { actions, heads, firstKey } = plan(jobs, this.#heads, table.partitionKey, sent);
      try {
        const { subResponses } = await table.transact(actions);
        for (const [i, [lane, head]] of [...heads].entries()) {
          const etag = subResponses[i]?.etag;
          this.#heads.set(lane, { ...head, etag });
          watch.knows(lane, etag);
        }
        break;
      } catch (error) {
        this.#heads = undefined;
        if (!isConflict(error)) throw error;
        // It may be our own first try, whose answer was lost.
        if (await this.#wasSent(sent, firstKey)) break;
        if (tries >= MOST_TRIES) throw error;
      }
    }
    for (const { items } of jobs) for (const { lane, dueAt } of items) wakers.wakeAt(queueKey(endpoint, lane), dueAt);
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

interface Plan {
  /** The heads first, in the order of `heads`. */
  readonly actions: TransactionAction[];
  readonly heads: ReadonlyMap<number, Head>;
  readonly firstKey: string;
}

function plan(jobs: readonly Job[], known: ReadonlyMap<number, Head>, partitionKey: string, sent: string): Plan {
  const heads = new Map<number, Head>();
  const rows: TransactionAction[] = [];
  let firstKey = '';
  for (const { items, isFirst } of jobs) {
    for (const { lane, row } of isFirst ? items.toReversed() : items) {
      let head = heads.get(lane);
      if (head === undefined) {
        head = { ...(known.get(lane) ?? { next: FIRST_PLACE, first: FIRST_PLACE, etag: undefined }) };
        heads.set(lane, head);
      }
      const place = isFirst ? --head.first : head.next++;
      const rowKey = messageKey(lane, place);
      if (firstKey === '') firstKey = rowKey;
      rows.push(['create', { partitionKey, rowKey, ...row, Change: sent }]);
    }
  }
  return { actions: [...headActions(heads, partitionKey, sent), ...rows], heads, firstKey };
}

function headActions(heads: ReadonlyMap<number, Head>, partitionKey: string, sent: string): TransactionAction[] {
  return [...heads].map(([lane, { next, first, etag }]): TransactionAction => {
    const row = { partitionKey, rowKey: headKey(lane), Next: String(next), First: String(first), Sent: sent };
    return etag === undefined ? ['create', row] : ['update', row, 'Replace', { etag }];
  });
}

/** How many rows a transaction changes for these: themselves and the heads of their lanes. */
function sizeOf(items: readonly Item[]): number {
  return items.length + new Set(items.map(({ lane }) => lane)).size;
}

/** In order, as much as one transaction holds each. */
function chunked(items: readonly Item[]): Item[][] {
  const found: Item[][] = [];
  let last: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    if (last.length > 0 && (sizeOf([...last, item]) > MOST_PER_TRANSACTION || bytes + item.bytes > MOST_BYTES)) {
      found.push(last);
      last = [];
      bytes = 0;
    }
    last.push(item);
    bytes += item.bytes;
  }
  if (last.length > 0) found.push(last);
  return found;
}
