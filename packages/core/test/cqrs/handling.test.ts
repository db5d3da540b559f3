import { DomainContext, HEADERS, type MessageContext, silentLogger } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import { RecordingLogger } from '../support/logger.ts';
import { Sale, type SaleCommands, type SaleEvents } from '../support/shop.ts';

const configure = () => DomainContext.configure().logging((c) => c.logger(silentLogger));

describe('what a handler learns', () => {
  it('of an event: which aggregate, where in its stream, and what began the chain', async () => {
    const seen = Promise.withResolvers<MessageContext>();
    await using context = await configure()
      .eventSourcing((c) => c.bind(Sale))
      .bus((c) =>
        c.withProcessor((p) => {
          p.endpoint('sales');
          p.commands<SaleCommands>().handle('CreateSale', async ({ saleId, stock }) => {
            await context.repository(Sale).createOrUpdate(saleId, (sale) => sale.open(stock));
          });
          p.events<SaleEvents>().handle('SaleCreated', (_, message) => seen.resolve(message));
        }),
      )
      .start();
    await context.commands<SaleCommands>().send('CreateSale', { saleId: 's/1', stock: 3 }, { id: 'begin' });
    expect(await seen.promise).toMatchObject({
      messageId: 'Sale/s/1@1',
      aggregateName: 'Sale',
      aggregateId: 's/1',
      sequenceId: 1,
      correlationId: 'begin',
      attempt: 1,
      component: 'SaleCreated',
      endpoint: 'sales',
      headers: { [HEADERS.causationId]: 'begin', [HEADERS.transactionId]: 'begin/CreateSale' },
    });
  });

  it('correlation and causation flow along a chain by themselves, and ids derive from the message handled', async () => {
    const last = Promise.withResolvers<MessageContext>();
    type Chain = { First: object; Second: object; Third: object };
    await using context = await configure()
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('chain')
            .commands<Chain>()
            .handle('First', async () => void (await context.commands<Chain>().send('Second', {})))
            .handle('Second', async () => void (await context.events<Chain>().publish('Third', {})))
            .handle('Third', (_, message) => last.resolve(message)),
        ),
      )
      .start();
    await context.commands<Chain>().send('First', {}, { id: 'root', headers: { tenant: 'acme' } });
    const message = await last.promise;
    expect(message.messageId).toBe('root/First/1/Second/1');
    expect(message.correlationId).toBe('root');
    expect(message.headers[HEADERS.causationId]).toBe('root/First/1');
  });
});

describe('sending', () => {
  it('G6: gives every component its own copy', async () => {
    const seen: object[] = [];
    const both = Promise.withResolvers<void>();
    const keep = (payload: { list: number[] }): void => {
      payload.list.push(9);
      seen.push(payload);
      if (seen.length === 2) both.resolve();
    };
    await using context = await configure()
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('copies')
            .events<{ Told: { list: number[] } }>()
            .handle('Told', keep, { component: 'one' })
            .handle('Told', keep, { component: 'two' }),
        ),
      )
      .start();
    const sent = { list: [1] };
    await context.events<{ Told: { list: number[] } }>().publish('Told', sent);
    await both.promise;
    expect(seen).toEqual([{ list: [1, 9] }, { list: [1, 9] }]);
    expect(sent).toEqual({ list: [1] });
  });

  it('warns once per name when nobody subscribes', async () => {
    const logger = new RecordingLogger();
    await using context = await DomainContext.configure()
      .logging((c) => c.logger(logger))
      .start();
    for (let i = 0; i < 3; i++) await context.commandBus.send('Nobody', {});
    expect(logger.entries.filter(({ message }) => message.includes('"Nobody"'))).toHaveLength(1);
  });

  it('can be told that a command without a handler is an error', async () => {
    await using context = await configure()
      .bus((c) => c.onUnrouted('error'))
      .start();
    await expect(context.commandBus.send('Nobody', {})).rejects.toMatchObject({ code: 'ND_UNROUTED_MESSAGE' });
    await context.eventBus.publish('Nobody', {});
  });

  it.each([[{ deliverAt: new Date('never') }], [{ delayMs: Number.NaN }], [{ deliverAt: new Date(), delayMs: 1 }]])(
    'refuses a delivery time that is none: %o',
    async (options) => {
      await using context = await configure().start();
      await expect(context.commandBus.send('X', {}, options)).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
    },
  );
});
