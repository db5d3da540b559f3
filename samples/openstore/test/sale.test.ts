import { AggregateDefinition } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { Order } from '../src/domain/sale/contracts.ts';
import { OrderNotPending, OutOfStock, SaleAlreadyOpen, SaleNotOpen, StockTooLow } from '../src/domain/sale/errors.ts';
import { InvalidAmount } from '../src/domain/domain-error.ts';
import { Sale } from '../src/domain/sale/sale.ts';

const ITEM = { title: 'Lantern', description: 'Made of tin.' };

function order(id: string, quantity: number): Order {
  return { id, quantity, memberId: 'ann', unitPrice: 250, placedAt: new Date(0) };
}

function openSale(stock = 10): Sale {
  const sale = new AggregateDefinition(Sale).create('lantern');
  sale.create('shop', ITEM, 250, stock);
  return sale;
}

function eventsOf(sale: Sale): string[] {
  return sale.changes.map(({ name }) => name);
}

describe('a sale', () => {
  it('reserves what is ordered, and lets it go when the order is completed', () => {
    const sale = openSale();
    sale.placeOrder(order('1', 4));
    expect(sale.state).toMatchObject({ stock: 10, reserved: 4, available: 6 });
    sale.completeOrder('1');
    expect(sale.state).toMatchObject({ stock: 6, reserved: 0, available: 6 });
    expect(eventsOf(sale)).toEqual(['SaleCreated', 'OrderPlaced', 'OrderCompleted']);
  });

  it('has what was reserved again when the order is cancelled', () => {
    const sale = openSale();
    sale.placeOrder(order('1', 4));
    sale.cancelOrder('1');
    expect(sale.state).toMatchObject({ stock: 10, reserved: 0, available: 10 });
  });

  it('refuses more than is available', () => {
    const sale = openSale();
    sale.placeOrder(order('1', 8));
    expect(() => sale.placeOrder(order('2', 3))).toThrow(OutOfStock);
    expect(() => sale.placeOrder(order('2', 0))).toThrow(InvalidAmount);
    expect(eventsOf(sale)).toEqual(['SaleCreated', 'OrderPlaced']);
  });

  it('takes an order that is pending already for the same one', () => {
    const sale = openSale();
    sale.placeOrder(order('1', 4));
    sale.placeOrder(order('1', 4));
    expect(sale.state.reserved).toBe(4);
  });

  it('completes and cancels only what is pending', () => {
    const sale = openSale();
    sale.placeOrder(order('1', 4));
    sale.completeOrder('1');
    expect(() => sale.completeOrder('1')).toThrow(OrderNotPending);
    expect(() => sale.cancelOrder('1')).toThrow(OrderNotPending);
  });

  it('takes goods back, and lets its stock be corrected down to what is reserved', () => {
    const sale = openSale();
    sale.placeOrder(order('1', 4));
    sale.returnGoods('r1', null, 2);
    expect(sale.state.available).toBe(8);
    expect(() => sale.adjustStock('a1', -9, 'lost')).toThrow(StockTooLow);
    sale.adjustStock('a2', -8, 'broken');
    expect(sale.state.available).toBe(0);
    expect(() => sale.changeStock(3)).toThrow(StockTooLow);
    sale.changeStock(5);
    sale.changeStock(5);
    expect(eventsOf(sale).slice(2)).toEqual(['GoodsReturned', 'StockAdjusted', 'StockChanged']);
  });

  it('is opened once, and before anything else', () => {
    const sale = openSale();
    expect(() => sale.create('shop', ITEM, 1, 1)).toThrow(SaleAlreadyOpen);
    const unknown = new AggregateDefinition(Sale).create('nothing');
    expect(() => unknown.placeOrder(order('1', 1))).toThrow(SaleNotOpen);
    expect(() => unknown.cancelOrder('1')).toThrow(SaleNotOpen);
    expect(() => unknown.returnGoods('r1', null, 1)).toThrow(SaleNotOpen);
  });
});
