import { Projection, type AggregateEvent, type Projects, type Query, type Views } from '@ndomain/core';
import type { Order, SaleEvents } from '../domain/sale/contracts.ts';
import { Sale } from '../domain/sale/sale.ts';

/** One order of one member. */
export interface MemberOrderView {
  saleId: string;
  order: Order | null;
  status: 'pending' | 'cancelled' | 'completed';
}

type OrderEvents = Pick<SaleEvents, 'OrderPlaced' | 'OrderCancelled' | 'OrderCompleted'>;

/**
 * The orders by member: one view per order, and a member's views lie beside each other. So each event costs the same, however
 * many orders the member has; and two sales can change the orders of one member at the same time. Customers without an account
 * have no views.
 */
export class MemberOrder extends Projection<MemberOrderView> implements Projects<MemberOrderView, OrderEvents> {
  static readonly source = Sale;
  static readonly projectionName = 'member-order';

  initial(): MemberOrderView {
    return { saleId: '', order: null, status: 'pending' };
  }

  override viewsOf({ name, payload, aggregateId }: AggregateEvent): readonly string[] {
    if (name !== 'OrderPlaced' && name !== 'OrderCancelled' && name !== 'OrderCompleted') return [];
    const { order } = payload as OrderEvents[typeof name];
    return order.memberId === null ? [] : [memberOrderId(order.memberId, aggregateId, order.id)];
  }

  onOrderPlaced(view: MemberOrderView, { order }: OrderEvents['OrderPlaced'], event: AggregateEvent): void {
    view.saleId = event.aggregateId;
    view.order = order;
  }

  onOrderCancelled(view: MemberOrderView): void {
    view.status = 'cancelled';
  }

  onOrderCompleted(view: MemberOrderView): void {
    view.status = 'completed';
  }
}

export function memberOrderId(memberId: string, saleId: string, orderId: string): string {
  return `${prefixOf(memberId)}${encodeURIComponent(saleId)}/${encodeURIComponent(orderId)}`;
}

/** All orders of a member, in no particular order. */
export async function* ordersOf(views: Views<MemberOrderView>, memberId: string): AsyncGenerator<MemberOrderView> {
  const prefix = prefixOf(memberId);
  for (let after = prefix; ;) {
    const page: readonly Query<MemberOrderView>[] = await views.list({ after, limit: 500 });
    for (const { id, data } of page) {
      if (!id.startsWith(prefix)) return;
      if (data !== undefined) yield data;
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

// Escaped, so that no member's id can begin another's.
function prefixOf(memberId: string): string {
  return `${encodeURIComponent(memberId)}/`;
}
