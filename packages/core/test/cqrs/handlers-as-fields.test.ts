import { DomainContext, type Handles } from '@ndomain/core';
import { expect, it } from 'vitest';

type Commands = { PlaceOrder: { orderId: string }; CancelOrder: { orderId: string } };

it('a handler that is written as a field is found like a method', async () => {
  const seen: string[] = [];
  const both = Promise.withResolvers<void>();
  class OrderHandler implements Handles<Commands> {
    handlePlaceOrder = async ({ orderId }: Commands['PlaceOrder']) => {
      seen.push(`placed ${orderId}`);
    };
    handleCancelOrder({ orderId }: Commands['CancelOrder']): void {
      seen.push(`cancelled ${orderId}`);
      both.resolve();
    }
  }
  await using context = await DomainContext.configure()
    .bus((c) => c.withProcessor((p) => p.endpoint('e').concurrency(1).registerHandler(new OrderHandler())))
    .start();

  await context.commands<Commands>().send('PlaceOrder', { orderId: '1' });
  await context.commands<Commands>().send('CancelOrder', { orderId: '1' });
  await both.promise;

  expect(seen).toEqual(['placed 1', 'cancelled 1']);
});
