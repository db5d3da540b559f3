import { Aggregate, State } from '@ndomain/core';
import { message, messageMap } from '@ndomain/decorators';

// Messages as classes: their names are given to them, and never taken from what they happen to be called.

@message('PlaceOrder')
export class PlaceOrder {
  readonly saleId: string;
  readonly orderId: string;
  readonly quantity: number;

  constructor(saleId: string, orderId: string, quantity: number) {
    this.saleId = saleId;
    this.orderId = orderId;
    this.quantity = quantity;
  }
}

@message('OrderPlaced')
export class OrderWasPlaced {
  readonly orderId: string;
  readonly quantity: number;

  constructor(orderId: string, quantity: number) {
    this.orderId = orderId;
    this.quantity = quantity;
  }

  get isBig(): boolean {
    return this.quantity >= 100;
  }
}

export const SaleCommands = messageMap(PlaceOrder);
export const SaleEvents = messageMap(OrderWasPlaced);

export class SaleState extends State {
  ordered = 0;

  onOrderPlaced(event: OrderWasPlaced): void {
    this.ordered += event.quantity;
  }
}

export class Sale extends Aggregate<SaleState, typeof SaleEvents> {
  static readonly State = SaleState;
  static readonly Events = SaleEvents;

  placeOrder(orderId: string, quantity: number): void {
    this.on(new OrderWasPlaced(orderId, quantity));
  }
}

/** What the tests look at in the end: everything that handlers of events have seen. */
export class Seen {
  readonly orders: string[] = [];
  #onOrder: (() => void) | undefined;

  add(order: string): void {
    this.orders.push(order);
    this.#onOrder?.();
  }

  async until(count: number): Promise<void> {
    while (this.orders.length < count) {
      await new Promise<void>((resolve) => {
        this.#onOrder = resolve;
      });
    }
  }
}
