import type { Item } from '../item.ts';

/** Some units of a sale, for one customer. Prices are in pence. */
export interface Order {
  readonly id: string;
  /** Null: a customer without an account. */
  readonly memberId: string | null;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly placedAt: Date;
}

export type SaleCommands = {
  CreateSale: { saleId: string; sellerId: string; item: Item; price: number; stock: number };
  ChangeStock: { saleId: string; stock: number };
  PlaceOrder: { saleId: string; order: Order };
  CancelOrder: { saleId: string; orderId: string };
  CompleteOrder: { saleId: string; orderId: string };
  ReturnGoods: { saleId: string; returnId: string; memberId: string | null; quantity: number };
  AdjustStock: { saleId: string; adjustmentId: string; change: number; reason: string };
};

/** Events about an order carry all of it, so that whoever listens needs to look nothing up. */
export type SaleEvents = {
  SaleCreated: { sellerId: string; item: Item; price: number; stock: number };
  StockChanged: { stock: number };
  OrderPlaced: { order: Order };
  OrderCancelled: { order: Order };
  OrderCompleted: { order: Order };
  GoodsReturned: { returnId: string; memberId: string | null; quantity: number };
  StockAdjusted: { adjustmentId: string; change: number; reason: string };
};
