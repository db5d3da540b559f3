import { State, type Mutates } from '@ndomain/core';
import type { Order, SaleEvents } from './contracts.ts';

export class SaleState extends State implements Mutates<SaleEvents> {
  isOpen = false;
  price = 0;
  /** Units in the house, those reserved for pending orders included. */
  stock = 0;
  reserved = 0;
  pendingOrders = new Map<string, Order>();

  get available(): number {
    return this.stock - this.reserved;
  }

  onSaleCreated({ price, stock }: SaleEvents['SaleCreated']): void {
    this.isOpen = true;
    this.price = price;
    this.stock = stock;
  }

  onStockChanged({ stock }: SaleEvents['StockChanged']): void {
    this.stock = stock;
  }

  onOrderPlaced({ order }: SaleEvents['OrderPlaced']): void {
    this.pendingOrders.set(order.id, order);
    this.reserved += order.quantity;
  }

  onOrderCancelled({ order }: SaleEvents['OrderCancelled']): void {
    this.pendingOrders.delete(order.id);
    this.reserved -= order.quantity;
  }

  onOrderCompleted({ order }: SaleEvents['OrderCompleted']): void {
    this.pendingOrders.delete(order.id);
    this.reserved -= order.quantity;
    this.stock -= order.quantity;
  }

  onGoodsReturned({ quantity }: SaleEvents['GoodsReturned']): void {
    this.stock += quantity;
  }

  onStockAdjusted({ change }: SaleEvents['StockAdjusted']): void {
    this.stock += change;
  }
}
