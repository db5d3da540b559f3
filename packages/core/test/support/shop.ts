import { Aggregate, State, type Mutates } from '@ndomain/core';

/** A small domain for tests. */
export interface Order {
  id: string;
  quantity: number;
}

export type SaleEvents = {
  SaleCreated: { stock: number };
  OrderPlaced: { order: Order };
  OrderCancelled: { orderId: string };
};

export type SaleCommands = {
  CreateSale: { saleId: string; stock: number };
  PlaceOrder: { saleId: string; order: Order };
};

export class SaleState extends State implements Mutates<SaleEvents> {
  stock = 0;
  readonly pending = new Map<string, Order>();

  onSaleCreated(event: SaleEvents['SaleCreated']): void {
    this.stock = event.stock;
  }

  onOrderPlaced({ order }: SaleEvents['OrderPlaced']): void {
    this.stock -= order.quantity;
    this.pending.set(order.id, order);
  }

  onOrderCancelled({ orderId }: SaleEvents['OrderCancelled']): void {
    this.stock += this.pending.get(orderId)?.quantity ?? 0;
    this.pending.delete(orderId);
  }
}

export class Sale extends Aggregate<SaleState, SaleEvents> {
  static readonly State = SaleState;

  open(stock: number): void {
    this.on('SaleCreated', { stock });
  }

  /** On purpose not idempotent: doing it twice shows. */
  placeOrder(order: Order): void {
    if (this.state.stock < order.quantity) throw new Error('out of stock');
    this.on('OrderPlaced', { order });
  }

  cancelOrder(orderId: string): void {
    this.on('OrderCancelled', { orderId });
  }
}
