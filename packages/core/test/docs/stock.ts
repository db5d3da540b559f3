import { type AggregateEvent, Projection, type Projects } from '@ndomain/core';
import { Sale, type SaleEvents } from './sale.ts';

// #region per-aggregate
export type Stock = { available: number };

export class SaleStock extends Projection<Stock> implements Projects<Stock, SaleEvents, 'SaleCreated' | 'OrderPlaced'> {
  static readonly source = Sale;

  initial() {
    return { available: 0 };
  }

  onSaleCreated(view: Stock, event: SaleEvents['SaleCreated']) {
    view.available = event.stock;
  }

  onOrderPlaced(view: Stock, event: SaleEvents['OrderPlaced']) {
    view.available -= event.quantity;
  }
}
// #endregion per-aggregate

// #region over-many
export type Day = { orders: number; units: number };

export class OrdersByDay extends Projection<Day> implements Projects<Day, SaleEvents, 'OrderPlaced'> {
  static readonly source = Sale;

  initial() {
    return { orders: 0, units: 0 };
  }

  override viewsOf(event: AggregateEvent) {
    return [event.date.toISOString().slice(0, 10)];
  }

  onOrderPlaced(view: Day, event: SaleEvents['OrderPlaced']) {
    view.orders += 1;
    view.units += event.quantity;
  }
}
// #endregion over-many
