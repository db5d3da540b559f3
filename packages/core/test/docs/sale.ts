import {
  Aggregate,
  type AggregateRepository,
  type Handles,
  type MessageContext,
  type Mutates,
  State,
} from '@ndomain/core';

// #region contracts
export type SaleCommands = {
  CreateSale: { saleId: string; item: string; price: number; stock: number };
  PlaceOrder: { saleId: string; orderId: string; quantity: number };
  CancelOrder: { saleId: string; orderId: string };
};

export type SaleEvents = {
  SaleCreated: { item: string; price: number; stock: number };
  OrderPlaced: { orderId: string; quantity: number };
  OrderCancelled: { orderId: string };
};
// #endregion contracts

// #region state
export class SaleState extends State implements Mutates<SaleEvents> {
  exists = false;
  available = 0;
  orders = new Map<string, number>();

  onSaleCreated(event: SaleEvents['SaleCreated']) {
    this.exists = true;
    this.available = event.stock;
  }

  onOrderPlaced(event: SaleEvents['OrderPlaced']) {
    this.available -= event.quantity;
    this.orders.set(event.orderId, event.quantity);
  }

  onOrderCancelled(event: SaleEvents['OrderCancelled']) {
    this.available += this.orders.get(event.orderId) ?? 0;
    this.orders.delete(event.orderId);
  }
}
// #endregion state

// #region aggregate
export class Sale extends Aggregate<SaleState, SaleEvents> {
  static readonly State = SaleState;

  create(item: string, price: number, stock: number) {
    if (this.state.exists) return;
    this.on('SaleCreated', { item, price, stock });
  }

  placeOrder(orderId: string, quantity: number) {
    if (this.state.orders.has(orderId)) return;
    if (this.state.available < quantity) throw new OutOfStock(this.id, quantity, this.state.available);
    this.on('OrderPlaced', { orderId, quantity });
  }

  cancelOrder(orderId: string) {
    if (this.state.orders.has(orderId)) this.on('OrderCancelled', { orderId });
  }
}

export class OutOfStock extends Error {
  constructor(saleId: string, wanted: number, available: number) {
    super(`${saleId} has ${available} left, and ${wanted} were ordered.`);
  }
}
// #endregion aggregate

// #region handler
export class SaleCommandHandler implements Handles<SaleCommands> {
  readonly #sales: AggregateRepository<Sale>;

  constructor(sales: AggregateRepository<Sale>) {
    this.#sales = sales;
  }

  async handleCreateSale({ saleId, item, price, stock }: SaleCommands['CreateSale']) {
    await this.#sales.createOrUpdate(saleId, (sale) => sale.create(item, price, stock));
  }

  async handlePlaceOrder(command: SaleCommands['PlaceOrder'], context: MessageContext) {
    context.signal.throwIfAborted();
    await this.#sales.update(command.saleId, (sale) => sale.placeOrder(command.orderId, command.quantity));
  }

  async handleCancelOrder({ saleId, orderId }: SaleCommands['CancelOrder']) {
    await this.#sales.update(saleId, (sale) => sale.cancelOrder(orderId));
  }
}
// #endregion handler
