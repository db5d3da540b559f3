import { Aggregate } from '@ndomain/core';
import { checkWhole } from '../domain-error.ts';
import type { Item } from '../item.ts';
import type { Order, SaleEvents } from './contracts.ts';
import { OrderNotPending, OutOfStock, SaleAlreadyOpen, SaleNotOpen, StockTooLow } from './errors.ts';
import { SaleState } from './sale-state.ts';

/** Goods of one kind, offered at one price while there are any. Every method but `create` throws `SaleNotOpen` before it. */
export class Sale extends Aggregate<SaleState, SaleEvents> {
  static readonly aggregateName = 'Sale';
  static readonly State = SaleState;

  /** Throws `SaleAlreadyOpen`. Any price will do: a wholesaler's books hold free goods and corrections. */
  create(sellerId: string, item: Item, price: number, stock: number): void {
    if (this.state.isOpen) throw new SaleAlreadyOpen(this.id);
    checkWhole('price', price, Number.MIN_SAFE_INTEGER);
    checkWhole('stock', stock, 0);
    this.on('SaleCreated', { sellerId, item, price, stock });
  }

  /** Says how many units there are, those reserved included. Throws `StockTooLow`. */
  changeStock(stock: number): void {
    this.#checkOpen();
    checkWhole('stock', stock, 0);
    if (stock === this.state.stock) return;
    if (stock < this.state.reserved) throw new StockTooLow(stock - this.state.stock, this.state.available);
    this.on('StockChanged', { stock });
  }

  /** Reserves units. Throws `OutOfStock`. */
  placeOrder(order: Order): void {
    this.#checkOpen();
    checkWhole('quantity', order.quantity, 1);
    if (this.state.pendingOrders.has(order.id)) return;
    if (order.quantity > this.state.available) throw new OutOfStock(order.quantity, this.state.available);
    this.on('OrderPlaced', { order });
  }

  /** Frees what was reserved. Throws `OrderNotPending`. */
  cancelOrder(orderId: string): void {
    this.on('OrderCancelled', { order: this.#pending(orderId) });
  }

  /** The units leave the house. Throws `OrderNotPending`. */
  completeOrder(orderId: string): void {
    this.on('OrderCompleted', { order: this.#pending(orderId) });
  }

  /** Units come back, whoever sold them: the original order is often not known. */
  returnGoods(returnId: string, memberId: string | null, quantity: number): void {
    this.#checkOpen();
    checkWhole('quantity', quantity, 1);
    this.on('GoodsReturned', { returnId, memberId, quantity });
  }

  /** Breakage, loss, found again. Throws `StockTooLow` when that is more than is available. */
  adjustStock(adjustmentId: string, change: number, reason: string): void {
    this.#checkOpen();
    checkWhole('change', change, Number.MIN_SAFE_INTEGER);
    if (this.state.available + change < 0) throw new StockTooLow(change, this.state.available);
    this.on('StockAdjusted', { adjustmentId, change, reason });
  }

  #pending(orderId: string): Order {
    this.#checkOpen();
    const order = this.state.pendingOrders.get(orderId);
    if (order === undefined) throw new OrderNotPending(orderId);
    return order;
  }

  #checkOpen(): void {
    if (!this.state.isOpen) throw new SaleNotOpen(this.id);
  }
}
