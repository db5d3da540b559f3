import type { AggregateRepository, Handles, MessageContext } from '@ndomain/core';
import { adjustmentSubject, orderSubject, type Outcomes, type Subject } from '../../outcomes/outcomes.ts';
import type { SaleCommands } from './contracts.ts';
import type { Sale } from './sale.ts';

/** Takes the commands about sales. What a rule forbids is recorded as rejected, and the command is done with. */
export class SaleCommandHandler implements Handles<SaleCommands> {
  static readonly component = 'sales';
  readonly #sales: AggregateRepository<Sale>;
  readonly #outcomes: Outcomes;

  constructor(sales: AggregateRepository<Sale>, outcomes: Outcomes) {
    this.#sales = sales;
    this.#outcomes = outcomes;
  }

  async handleCreateSale(command: SaleCommands['CreateSale'], context: MessageContext): Promise<void> {
    const { saleId, sellerId, item, price, stock } = command;
    await this.#change(saleId, context, (sale) => sale.create(sellerId, item, price, stock));
  }

  async handleChangeStock({ saleId, stock }: SaleCommands['ChangeStock'], context: MessageContext): Promise<void> {
    await this.#change(saleId, context, (sale) => sale.changeStock(stock));
  }

  async handlePlaceOrder({ saleId, order }: SaleCommands['PlaceOrder'], context: MessageContext): Promise<void> {
    const subject = orderSubject(saleId, order.id);
    await this.#change(saleId, context, (sale) => sale.placeOrder(order), subject);
  }

  async handleCancelOrder({ saleId, orderId }: SaleCommands['CancelOrder'], context: MessageContext): Promise<void> {
    await this.#change(saleId, context, (sale) => sale.cancelOrder(orderId));
  }

  /** Does nothing for an order that was rejected: whoever sends both commands at once need not wait for the outcome of the first. */
  async handleCompleteOrder(
    { saleId, orderId }: SaleCommands['CompleteOrder'],
    context: MessageContext,
  ): Promise<void> {
    if (await this.#outcomes.isRejectedWith(context, orderSubject(saleId, orderId))) return;
    await this.#change(saleId, context, (sale) => sale.completeOrder(orderId));
  }

  async handleReturnGoods(command: SaleCommands['ReturnGoods'], context: MessageContext): Promise<void> {
    const { saleId, returnId, memberId, quantity } = command;
    await this.#change(saleId, context, (sale) => sale.returnGoods(returnId, memberId, quantity));
  }

  async handleAdjustStock(command: SaleCommands['AdjustStock'], context: MessageContext): Promise<void> {
    const { saleId, adjustmentId, change, reason } = command;
    const subject = adjustmentSubject(saleId, adjustmentId);
    await this.#change(saleId, context, (sale) => sale.adjustStock(adjustmentId, change, reason), subject);
  }

  // A sale that does not exist answers with SaleNotOpen, like any other rule.
  #change(saleId: string, context: MessageContext, change: (sale: Sale) => void, subject?: Subject): Promise<void> {
    return this.#outcomes.decide(context, saleId, () => this.#sales.createOrUpdate(saleId, change), subject);
  }
}
