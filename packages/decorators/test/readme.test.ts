import { Aggregate, type AggregateRepository, DomainContext, type MessageContext, State } from '@ndomain/core';
import { handles, inject, message, messageMap, on, resolver } from '@ndomain/decorators';
import { expect, it } from 'vitest';

// #region messages
@message('PlaceOrder')
class PlaceOrder {
  readonly saleId: string;
  readonly quantity: number;

  constructor(saleId: string, quantity: number) {
    this.saleId = saleId;
    this.quantity = quantity;
  }
}

@message('OrderPlaced')
class OrderPlaced {
  readonly quantity: number;

  constructor(quantity: number) {
    this.quantity = quantity;
  }
}

const SaleCommands = messageMap(PlaceOrder);
const SaleEvents = messageMap(OrderPlaced);
// #endregion messages

class SaleState extends State {
  ordered = 0;
  onOrderPlaced(event: OrderPlaced): void {
    this.ordered += event.quantity;
  }
}

class Sale extends Aggregate<SaleState, typeof SaleEvents> {
  static readonly State = SaleState;
  static readonly Events = SaleEvents;
  placeOrder(quantity: number): void {
    this.on(new OrderPlaced(quantity));
  }
}

class Printer {
  readonly printed: string[] = [];
  print(line: string): void {
    this.printed.push(line);
  }
}

// #region handlers
class SaleHandler {
  readonly #sales: AggregateRepository<Sale>;

  constructor(@inject(Sale) sales: AggregateRepository<Sale>) {
    this.#sales = sales;
  }

  @handles()
  async place(command: PlaceOrder) {
    await this.#sales.createOrUpdate(command.saleId, (sale) => sale.placeOrder(command.quantity));
  }
}

class OrderSlips {
  readonly #printer: Printer;

  constructor(@inject() printer: Printer) {
    this.#printer = printer;
  }

  @on(OrderPlaced)
  print(event: OrderPlaced, context: MessageContext) {
    this.#printer.print(`${context.aggregateId}: ${event.quantity}`);
  }
}
// #endregion handlers

it('README: decorated handlers, made by the resolver', async () => {
  const printer = new Printer();
  // #region resolver
  const context = await DomainContext.configure()
    .messages(SaleCommands, SaleEvents)
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) => c.withProcessor((p) => p.endpoint('sales').registerHandler(SaleHandler).registerHandler(OrderSlips)))
    .ioc((c) => c.resolver(resolver(() => [[Printer, printer]])))
    .start();

  await context.commands(SaleCommands).send(new PlaceOrder('sale-1', 2));
  // #endregion resolver
  await expect.poll(() => printer.printed).toEqual(['sale-1: 2']);
  await context.stop();
});
