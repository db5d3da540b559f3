import type { ListensTo, MessageContext, QueryStore } from '@ndomain/core';
import type { Order, SaleEvents } from '../domain/sale/contracts.ts';

/** One order of one member. */
export interface MemberOrder {
  readonly saleId: string;
  readonly order: Order;
  readonly status: 'pending' | 'cancelled' | 'completed';
}

type OrderEvents = 'OrderPlaced' | 'OrderCancelled' | 'OrderCompleted';

/** How far an order has come: its version in the query store. */
const PLACED = 1;
const SETTLED = 2;
const PAGE_SIZE = 500;

/**
 * The orders by member, as a handler of events rather than a projection: every event about an order carries all of it, so what is
 * stored need not be read before, and an event costs the same however many orders the member has. The conditional `set` makes
 * events that come twice, or in the wrong order, take effect as they should. Customers without an account are left out.
 */
export class MemberOrders implements ListensTo<SaleEvents, OrderEvents> {
  static readonly component = 'member-orders';
  readonly #queries: QueryStore;

  constructor(queries: QueryStore) {
    this.#queries = queries;
  }

  async onOrderPlaced({ order }: SaleEvents['OrderPlaced'], { aggregateId }: MessageContext): Promise<void> {
    if (order.memberId === null) return;
    const placed: MemberOrder = { saleId: aggregateId, order, status: 'pending' };
    await this.#queries.set(idOf(order.memberId, aggregateId, order.id), 0, PLACED, placed);
  }

  async onOrderCancelled({ order }: SaleEvents['OrderCancelled'], { aggregateId }: MessageContext): Promise<void> {
    await this.#settle(order, { saleId: aggregateId, order, status: 'cancelled' });
  }

  async onOrderCompleted({ order }: SaleEvents['OrderCompleted'], { aggregateId }: MessageContext): Promise<void> {
    await this.#settle(order, { saleId: aggregateId, order, status: 'completed' });
  }

  /** The order, once it has been seen placed. */
  async placed(memberId: string, saleId: string, orderId: string, timeoutMs: number): Promise<void> {
    await this.#queries.getOrWaitUntil(idOf(memberId, saleId, orderId), PLACED, timeoutMs);
  }

  /** All orders of a member, in no particular order. */
  async *of(memberId: string): AsyncGenerator<MemberOrder> {
    const prefix = prefixOf(memberId);
    for (let after: string | undefined; ;) {
      const page = await this.#queries.list({ prefix, after, limit: PAGE_SIZE });
      for (const { data } of page) yield data as MemberOrder;
      after = page.at(-1)?.id;
      if (after === undefined) return;
    }
  }

  async #settle({ id, memberId }: Order, settled: MemberOrder): Promise<void> {
    if (memberId === null) return;
    const queryId = idOf(memberId, settled.saleId, id);
    if (await this.#queries.set(queryId, PLACED, SETTLED, settled)) return;
    // The news that it was placed is late, and will find that it is out of date.
    await this.#queries.set(queryId, 0, SETTLED, settled);
  }
}

function idOf(memberId: string, saleId: string, orderId: string): string {
  return `${prefixOf(memberId)}${encodeURIComponent(saleId)}/${encodeURIComponent(orderId)}`;
}

// Escaped, so that no member's id can begin another's.
function prefixOf(memberId: string): string {
  return `member-order/${encodeURIComponent(memberId)}/`;
}
