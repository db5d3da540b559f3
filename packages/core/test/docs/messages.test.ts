import { DomainContext, type InstanceIn, type ListensTo, type MessageContext } from '@ndomain/core';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { Sale, type SaleCommands, SaleCommandHandler, type SaleEvents } from './sale.ts';

// #region listener
class Warehouse implements ListensTo<SaleEvents, 'OrderPlaced'> {
  readonly packed: string[] = [];

  async onOrderPlaced({ orderId, quantity }: SaleEvents['OrderPlaced'], { aggregateId, sequenceId }: MessageContext) {
    this.packed.push(`${aggregateId} (${sequenceId}): ${quantity} for ${orderId}`);
  }
}
// #endregion listener

it('commands-events-handlers: send, handle, listen', async () => {
  // #region register
  const warehouse = new Warehouse();
  const context = await DomainContext.configure()
    .eventSourcing((c) => c.bind(Sale))
    .bus((c) =>
      c
        .withProcessor((p) =>
          p
            .endpoint('sales')
            .ordered()
            .registerHandler(SaleCommandHandler, (c) => new SaleCommandHandler(c.repository(Sale))),
        )
        .withProcessor((p) => p.endpoint('warehouse').registerHandler(warehouse)),
    )
    .start();
  // #endregion register

  // #region send
  const commands = context.commands<SaleCommands>();
  const lantern = { saleId: 'sale-1', item: 'lantern', price: 1250, stock: 10 };
  await commands.send('CreateSale', lantern, { key: 'sale-1' });
  await commands.send('PlaceOrder', { saleId: 'sale-1', orderId: 'order-1', quantity: 3 }, { key: 'sale-1' });
  // #endregion send
  await expect.poll(() => warehouse.packed).toEqual(['sale-1 (2): 3 for order-1']);

  // #region once
  const order = { saleId: 'sale-1', orderId: 'order-2', quantity: 1 };
  await commands.send('PlaceOrder', order, { id: 'click-4711' });
  await commands.send('PlaceOrder', order, { id: 'click-4711' }); // the second click: nothing happens
  // #endregion once
  await expect.poll(() => warehouse.packed.length).toBe(2);

  // #region later
  await commands.send('CancelOrder', { saleId: 'sale-1', orderId: 'order-2' }, { delayMs: 15 * 60_000 });
  // #endregion later
  await expect.poll(() => context.figures('sales')).toMatchObject({ delayed: 1, ready: 0, inFlight: 0 });

  // #region many
  await commands.sendAll([
    { name: 'PlaceOrder', payload: { saleId: 'sale-1', orderId: 'order-3', quantity: 1 } },
    { name: 'PlaceOrder', payload: { saleId: 'sale-1', orderId: 'order-4', quantity: 2 } },
  ]);
  // #endregion many
  await expect.poll(() => warehouse.packed.length).toBe(4);
  await context.stop();
});

it('commands-events-handlers: functions as handlers, and what they send', async () => {
  const mails: string[] = [];
  // #region functions
  type Orders = { OrderPlaced: { orderId: string } };
  type Mail = { SendMail: { to: string; text: string } };

  const context = await DomainContext.configure()
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('mail');
        p.events<Orders>().handle('OrderPlaced', async ({ orderId }) => {
          await context.commands<Mail>().send('SendMail', { to: 'shop@example.com', text: `New order ${orderId}` });
        });
        p.commands<Mail>().handle('SendMail', ({ text }) => {
          mails.push(text);
        });
      }),
    )
    .start();

  await context.events<Orders>().publish('OrderPlaced', { orderId: 'order-1' });
  // #endregion functions
  await expect.poll(() => mails).toEqual(['New order order-1']);
  await context.stop();
});

// #region schemas
const PaymentCommands = {
  Pay: z.object({ orderId: z.string(), pence: z.number().int().positive() }),
};
// #endregion schemas

// #region classes
class PaymentReceived {
  readonly orderId: string;
  readonly pence: number;

  constructor(orderId: string, pence: number) {
    this.orderId = orderId;
    this.pence = pence;
  }

  get pounds() {
    return this.pence / 100;
  }
}

const PaymentEvents = { PaymentReceived };
// #endregion classes

it('commands-events-handlers: maps of validators and of classes', async () => {
  const received: string[] = [];
  // #region maps-at-run-time
  const context = await DomainContext.configure()
    .messages(PaymentCommands, PaymentEvents)
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('payments');
        p.commands<typeof PaymentCommands>().handle('Pay', async ({ orderId, pence }) => {
          await context.events(PaymentEvents).publish(new PaymentReceived(orderId, pence));
        });
        p.events<typeof PaymentEvents>().handle('PaymentReceived', (event) => {
          received.push(`${event.orderId}: £${event.pounds}`);
        });
      }),
    )
    .start();
  // #endregion maps-at-run-time
  await context.commands(PaymentCommands).send('Pay', { orderId: 'order-1', pence: 1250 });
  await expect.poll(() => received).toEqual(['order-1: £12.5']);

  // #region refused
  try {
    await context.commands(PaymentCommands).send('Pay', { orderId: 'order-1', pence: -5 });
  } catch (error) {
    console.log(String(error)); // InvalidPayloadError: The payload of "Pay" does not fit its schema: pence: Too small…
  }
  // #endregion refused
  await expect(context.commands(PaymentCommands).send('Pay', { orderId: 'order-1', pence: -5 })).rejects.toThrow(
    /The payload of "Pay" does not fit its schema: pence: Too small/,
  );
  const typed: InstanceIn<typeof PaymentEvents> = new PaymentReceived('order-1', 1);
  expect(typed.pounds).toBe(0.01);
  await context.stop();
});

it('commands-events-handlers: a command that nobody handles', async () => {
  // #region unrouted
  const context = await DomainContext.configure()
    .bus((c) => c.onUnrouted('error'))
    .start();
  // #endregion unrouted
  await expect(context.commandBus.send('PlaceOrder', {})).rejects.toMatchObject({ code: 'ND_UNROUTED_MESSAGE' });
  await context.stop();
});
