import { DomainContext } from '@ndomain/core';
import { azureQueues } from '@ndomain/azure';
import { eventually } from '@ndomain/testing';
import { expect, inject, test } from 'vitest';
import { freshPrefix } from '../support/names.ts';

type Orders = { PlaceOrder: { orderId: string } };

test('the bus alone', async () => {
  const connectionString = inject('azurite');
  const prefix = freshPrefix();
  const placed: string[] = [];
  // #region bus
  const context = await DomainContext.configure()
    .bus((c) =>
      c.transport(azureQueues(connectionString, { prefix })).withProcessor((p) =>
        p
          .endpoint('orders')
          .commands<Orders>()
          .handle('PlaceOrder', async ({ orderId }) => {
            placed.push(orderId);
          }),
      ),
    )
    .start();
  // #endregion bus
  await context.commands<Orders>().send('PlaceOrder', { orderId: 'o1' });
  await eventually(() => placed.length === 1);
  expect(placed).toEqual(['o1']);
  await context[Symbol.asyncDispose]();
});
