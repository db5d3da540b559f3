import type { CommandItem } from '@ndomain/core';
import type { SaleCommands } from '../domain/sale/contracts.ts';
import type { OrderLine } from './order-line.ts';

type SaleCommand = CommandItem<SaleCommands>;

/**
 * What a line of the file means to the shop. Every message id follows from the line, so importing it again says the same
 * things again, and each takes effect once. All commands of one code have one key: they take effect in this order.
 */
export function commandsOf(order: OrderLine): readonly SaleCommand[] {
  const { invoice, line, stockCode: saleId, customerId: memberId, quantity } = order;
  const id = `${invoice}/${line}`;
  const options = (what: string): { id: string; key: string } => ({ id: `import/${id}/${what}`, key: saleId });
  if (invoice.startsWith('C')) {
    const payload = { saleId, returnId: id, memberId, quantity: Math.abs(quantity) };
    return [{ name: 'ReturnGoods', payload, options: options('return') }];
  }
  if (quantity < 0) {
    const reason = order.description === '' ? 'not said' : order.description;
    const payload = { saleId, adjustmentId: id, change: quantity, reason };
    return [{ name: 'AdjustStock', payload, options: options('adjust') }];
  }
  const placed = { id, memberId, quantity, unitPrice: order.unitPrice, placedAt: order.date };
  return [
    { name: 'PlaceOrder', payload: { saleId, order: placed }, options: options('place') },
    { name: 'CompleteOrder', payload: { saleId, orderId: id }, options: options('complete') },
  ];
}

/** Opens the sale of a code, described by the first line that names it. */
export function createSaleOf({ stockCode: saleId, description, unitPrice }: OrderLine, stock: number): SaleCommand {
  const item = { title: description.trim() === '' ? saleId : description.trim(), description: '' };
  return {
    name: 'CreateSale',
    payload: { saleId, sellerId: 'import', item, price: unitPrice, stock },
    options: { id: `import/sale/${saleId}`, key: saleId },
  };
}
