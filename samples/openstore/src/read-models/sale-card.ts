import { Projection, type AggregateEvent, type Projects } from '@ndomain/core';
import type { SaleEvents } from '../domain/sale/contracts.ts';
import { Sale } from '../domain/sale/sale.ts';

/** A sale as the shop window shows it. Money is in pence. */
export interface SaleCardView {
  title: string;
  description: string;
  price: number;
  /** Units in the house, those reserved included. */
  stock: number;
  reserved: number;
  pendingOrders: number;
  sold: number;
  revenue: number;
  returned: number;
  createdAt: Date;
}

export class SaleCard extends Projection<SaleCardView> implements Projects<SaleCardView, SaleEvents> {
  static readonly source = Sale;
  static readonly projectionName = 'sale-card';

  initial(): SaleCardView {
    return {
      title: '',
      description: '',
      price: 0,
      stock: 0,
      reserved: 0,
      pendingOrders: 0,
      sold: 0,
      revenue: 0,
      returned: 0,
      createdAt: new Date(0),
    };
  }

  onSaleCreated(view: SaleCardView, event: SaleEvents['SaleCreated'], { date }: AggregateEvent): void {
    view.title = event.item.title;
    view.description = event.item.description;
    view.price = event.price;
    view.stock = event.stock;
    view.createdAt = date;
  }

  onStockChanged(view: SaleCardView, event: SaleEvents['StockChanged']): void {
    view.stock = event.stock;
  }

  onOrderPlaced(view: SaleCardView, { order }: SaleEvents['OrderPlaced']): void {
    view.reserved += order.quantity;
    view.pendingOrders++;
  }

  onOrderCancelled(view: SaleCardView, { order }: SaleEvents['OrderCancelled']): void {
    view.reserved -= order.quantity;
    view.pendingOrders--;
  }

  onOrderCompleted(view: SaleCardView, { order }: SaleEvents['OrderCompleted']): void {
    view.reserved -= order.quantity;
    view.pendingOrders--;
    view.stock -= order.quantity;
    view.sold += order.quantity;
    view.revenue += order.quantity * order.unitPrice;
  }

  onGoodsReturned(view: SaleCardView, event: SaleEvents['GoodsReturned']): void {
    view.stock += event.quantity;
    view.returned += event.quantity;
  }

  onStockAdjusted(view: SaleCardView, event: SaleEvents['StockAdjusted']): void {
    view.stock += event.change;
  }
}
