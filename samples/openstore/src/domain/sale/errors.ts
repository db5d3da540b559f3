import { DomainError } from '../domain-error.ts';

export class SaleNotOpen extends DomainError {
  readonly code = 'SALE_NOT_OPEN';

  constructor(saleId: string) {
    super(`"${saleId}" is not on sale.`);
  }
}

export class SaleAlreadyOpen extends DomainError {
  readonly code = 'SALE_ALREADY_OPEN';

  constructor(saleId: string) {
    super(`"${saleId}" is on sale already.`);
  }
}

export class OutOfStock extends DomainError {
  readonly code = 'OUT_OF_STOCK';

  constructor(wanted: number, available: number) {
    super(`${wanted} wanted, ${available} available.`);
  }
}

export class OrderNotPending extends DomainError {
  readonly code = 'ORDER_NOT_PENDING';

  constructor(orderId: string) {
    super(`The order "${orderId}" is not pending: it was never placed here, or is cancelled or completed already.`);
  }
}

/** The change would take more than there is, or what is reserved for pending orders. */
export class StockTooLow extends DomainError {
  readonly code = 'STOCK_TOO_LOW';

  constructor(change: number, available: number) {
    super(`The stock cannot change by ${change}: ${available} available.`);
  }
}
