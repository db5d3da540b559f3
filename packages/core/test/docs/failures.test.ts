import { DomainContext, type MessageContext, silentLogger } from '@ndomain/core';
import { expect, it } from 'vitest';
import { OutOfStock } from './sale.ts';

it('failures: retries, and what no retry can mend', async () => {
  let attempts = 0;
  class SaleHandler {
    handlePlaceOrder(): void {
      attempts++;
      throw new OutOfStock('sale-1', 5, 1);
    }
  }
  const logger = silentLogger;
  // #region retries
  const context = await DomainContext.configure()
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('sales')
          .recoverability({ immediateRetries: 2, delayedRetries: [1_000, 60_000], unrecoverable: [OutOfStock] })
          .registerHandler(new SaleHandler()),
      ),
    )
    .logging((c) => c.logger(logger))
    .start();
  // #endregion retries
  await context.commandBus.send('PlaceOrder', { saleId: 'sale-1', quantity: 5 });
  await expect.poll(() => context.deadLetters('sales').count()).toBe(1);
  expect(attempts).toBe(1);

  // #region dead-letters
  const dead = context.deadLetters('sales');
  for (const letter of await dead.list({ limit: 100 })) {
    console.log(letter.message?.name, letter.reason.attempts, letter.reason.message);
  }
  await dead.retry('all'); // once the cause is gone: back into the queue, counted from one again
  // #endregion dead-letters
  await expect.poll(() => attempts).toBe(2);
  await expect.poll(() => dead.count()).toBe(1);
  expect(await dead.purge('all')).toBe(1);
  await context.stop();
});

it('failures: a policy of your own', async () => {
  let attempts = 0;
  class SaleHandler {
    handlePlaceOrder(): void {
      attempts++;
      throw new Error('too late');
    }
  }
  // #region policy
  const context = await DomainContext.configure()
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('sales')
          .recoverability(({ attempt, error }) => {
            if (error instanceof Error && error.message === 'too late') return { action: 'discard' };
            return attempt < 10 ? { action: 'retryNow' } : { action: 'deadLetter' };
          })
          .registerHandler(new SaleHandler()),
      ),
    )
    .logging((c) => c.logger(silentLogger))
    .start();
  // #endregion policy
  await context.commandBus.send('PlaceOrder', {});
  await expect.poll(() => context.figures('sales')).toEqual({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  expect(attempts).toBe(1);
  await context.stop();
});

// #region timeout
class PriceImport {
  readonly prices: string[] = [];

  async handleImportPrices({ url }: { url: string }, context: MessageContext) {
    const response = await fetch(url, { signal: context.signal });
    this.prices.push(await response.text());
  }
}
// #endregion timeout

it('failures: a handler gets a signal to pass on', async () => {
  const handler = new PriceImport();
  const context = await DomainContext.configure()
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('prices')
          .handlerTimeout(60_000)
          .recoverability({ immediateRetries: 0, delayedRetries: [] })
          .registerHandler(handler),
      ),
    )
    .logging((c) => c.logger(silentLogger))
    .start();
  await context.commandBus.send('ImportPrices', { url: 'data:text/plain,lantern' });
  await expect.poll(() => handler.prices).toEqual(['lantern']);
  await context.stop();
});
