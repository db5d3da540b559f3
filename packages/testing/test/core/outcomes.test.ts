import {
  DomainError,
  recoverability,
  type CommandRejected,
  type DomainContext,
  type Outcome,
  type ProcessorBuilder,
} from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import { World } from '../support/world.ts';

type Orders = { Place: { id: string; quantity: number } };
type Said = { Said: { text: string } };

class OutOfStock extends DomainError {
  constructor(left: number) {
    super('OUT_OF_STOCK', `There are ${left} left.`, { left });
  }
}

/** A rule of code that knows nothing of this library. */
class NotForSale extends Error {
  override readonly name = 'NotForSale';
}

/** A stock of ten, on an endpoint. */
class Shop {
  readonly world = new World();
  readonly handled: string[] = [];
  readonly said: string[] = [];
  left = 10;
  fails = false;

  async start(configure: (p: ProcessorBuilder) => unknown = () => undefined): Promise<DomainContext> {
    const context = await this.world.worker((p) => {
      p.endpoint('orders').recoverability(recoverability({ immediateRetries: 1, delayedRetries: [10_000], jitter: 0 }));
      p.commands<Orders>().handle('Place', async ({ id, quantity }) => {
        await context.events<Said>().publish('Said', { text: `${id} came` });
        if (this.fails) throw new Error('the disk is full');
        if (quantity === 0) throw new NotForSale('Nothing is no order.');
        if (quantity > this.left) throw new OutOfStock(this.left);
        this.left -= quantity;
        this.handled.push(id);
      });
      p.events<Said>().handle('Said', ({ text }) => void this.said.push(text));
      configure(p);
    });
    await this.world.clock.settle();
    return context;
  }
}

const place = (context: DomainContext, id: string, quantity: number, outcome = false): Promise<string> =>
  context.commands<Orders>().send('Place', { id, quantity }, { key: 'sale', id, outcome });

describe('A message that is rejected', () => {
  it.each([false, true])(
    'G5 holds up nothing: of an order for eleven of ten and five of one the five are done (ordered: %s)',
    async (ordered) => {
      const shop = new Shop();
      const context = await shop.start((p) => (ordered ? p.ordered({ partitions: 1 }) : p.concurrency(1)));
      await place(context, 'eleven', 11);
      for (const id of ['1', '2', '3', '4', '5']) await place(context, id, 1);
      await shop.world.clock.advance(100);
      expect(shop.handled).toEqual(['1', '2', '3', '4', '5']);
      expect(await context.figures('orders')).toEqual({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
      await place(context, 'next day', 1);
      await shop.world.clock.advance(100);
      expect(shop.handled.at(-1)).toBe('next day');
      await context.stop();
    },
  );

  it('G2 has sent nothing, is tried once, counted, and logged once at info', async () => {
    const shop = new Shop();
    const context = await shop.start();
    await place(context, 'eleven', 11);
    await shop.world.clock.advance(60_000);
    expect(shop.said).toEqual([]);
    const { endpoints } = await context.stats();
    expect(endpoints[0]?.components).toMatchObject([{ component: 'Place', handled: 1, rejected: 1, failed: 0 }]);
    const about = shop.world.logger.entries.filter(({ message }) => message.includes('There are 10 left.'));
    expect(about).toMatchObject([{ level: 'info', fields: { code: 'OUT_OF_STOCK', messageId: 'eleven' } }]);
    await context.stop();
  });

  it('may be so by an error of a class that is named', async () => {
    const shop = new Shop();
    const context = await shop.start((p) => p.rejectedBy(NotForSale));
    const outcome = await outcomeOf(shop, context, place(context, 'none', 0, true));
    expect(outcome).toEqual({ state: 'rejected', code: 'NotForSale', message: 'Nothing is no order.', fields: {} });
    await context.stop();
  });

  it('never slows the endpoint down', async () => {
    const shop = new Shop();
    const context = await shop.start((p) => p.throttle({ afterFailures: 2 }));
    for (let i = 0; i < 100; i++) await place(context, `too many ${i}`, 11);
    await place(context, 'one', 1);
    await shop.world.clock.advance(100);
    expect(shop.handled).toEqual(['one']);
    await context.stop();
  });
});

async function outcomeOf(shop: Shop, context: DomainContext, sending: Promise<string>): Promise<Outcome | undefined> {
  const asking = sending.then((id) => context.outcomes.of(id, { timeoutMs: 60_000 }));
  await shop.world.clock.advance(60_001);
  return asking;
}

describe('The outcome of a message', () => {
  it('is handled, rejected with code, words and fields, or failed after its retries', async () => {
    const shop = new Shop();
    const context = await shop.start();
    expect(await outcomeOf(shop, context, place(context, 'one', 1, true))).toEqual({ state: 'handled' });
    expect(await outcomeOf(shop, context, place(context, 'ten', 10, true))).toEqual({
      state: 'rejected',
      code: 'OUT_OF_STOCK',
      message: 'There are 9 left.',
      fields: { left: 9 },
    });
    shop.fails = true;
    expect(await outcomeOf(shop, context, place(context, 'unlucky', 1, true))).toEqual({
      state: 'failed',
      code: 'Error',
      message: 'the disk is full',
    });
    await context.stop();
  });

  it('that was failed is another one when the dead letter is retried', async () => {
    const shop = new Shop();
    const context = await shop.start();
    shop.fails = true;
    await outcomeOf(shop, context, place(context, 'unlucky', 1, true));
    shop.fails = false;
    await context.deadLetters('orders').retry('all');
    await shop.world.clock.advance(100);
    expect(await context.outcomes.of('unlucky', { timeoutMs: 0 })).toEqual({ state: 'handled' });
    await context.stop();
  });

  it('G3 that was rejected is final: the same id is rejected again, with the same words, though it would succeed by now', async () => {
    const shop = new Shop();
    const context = await shop.start();
    const before = await outcomeOf(shop, context, place(context, 'eleven', 11, true));
    shop.left = 100;
    expect(await outcomeOf(shop, context, place(context, 'eleven', 11, true))).toEqual(before);
    expect([shop.handled, shop.left]).toEqual([[], 100]);
    await context.stop();
  });

  it('is undefined when there is none in time, and when nobody asked for it', async () => {
    const shop = new Shop();
    const context = await shop.start();
    expect(await outcomeOf(shop, context, place(context, 'unasked', 1))).toBeUndefined();
    expect(await outcomeOf(shop, context, Promise.resolve('never sent'))).toBeUndefined();
    await context.stop();
  });

  it('is known to other processes', async () => {
    const shop = new Shop();
    const context = await shop.start();
    await using other = await shop.world.process().start();
    const waiting = other.commands<Orders>().sendAndWait('Place', { id: 'x', quantity: 11 });
    await shop.world.clock.advance(100);
    expect(await waiting).toMatchObject({ state: 'rejected', code: 'OUT_OF_STOCK' });
    await context.stop();
  });

  it('cannot be waited for within a handler, whose messages leave after it', async () => {
    const shop = new Shop();
    let refused: unknown;
    const context = await shop.start((p) =>
      p.commands<{ Ask: object }>().handle('Ask', async () => {
        refused = await context
          .commands<Orders>()
          .sendAndWait('Place', { id: 'x', quantity: 1 })
          .catch((error: unknown) => error);
      }),
    );
    await context.commands<{ Ask: object }>().send('Ask', {});
    await shop.world.clock.settle();
    expect(refused).toMatchObject({ code: 'ND_CONFIGURATION' });
    await context.stop();
  });
});

describe('publishRejections()', () => {
  it('publishes what was rejected, once for each message', async () => {
    const shop = new Shop();
    const heard: CommandRejected[] = [];
    const context = await shop.world
      .process()
      .bus((c) =>
        c.publishRejections().withProcessor((p) => {
          p.endpoint('orders')
            .commands<Orders>()
            .handle('Place', () => {
              throw new OutOfStock(0);
            });
          p.events<{ CommandRejected: CommandRejected }>().handle('CommandRejected', (event) => void heard.push(event));
        }),
      )
      .start();
    await place(context, 'a', 1);
    await shop.world.clock.advance(100);
    expect(heard).toEqual([
      {
        command: 'Place',
        commandId: 'a',
        payload: { id: 'a', quantity: 1 },
        code: 'OUT_OF_STOCK',
        message: 'There are 0 left.',
        fields: { left: 0 },
      },
    ]);
    await context.stop();
  });
});
