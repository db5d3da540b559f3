import { DomainContext, type Handles, type ListensTo, type MessageDefinitions, silentLogger } from '@ndomain/core';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const Validated = {
  PlaceOrder: z.object({ saleId: z.string(), quantity: z.number().int().positive().default(1) }),
  CancelOrder: v.object({ orderId: v.string() }),
};

class PlaceBid {
  readonly auctionId: string;
  readonly pence: number;

  constructor(auctionId: string, pence: number) {
    this.auctionId = auctionId;
    this.pence = pence;
  }

  get pounds(): number {
    return this.pence / 100;
  }
}

const Classes = { PlaceBid };

async function contextWith(handler: object, maps: readonly (MessageDefinitions | readonly string[])[]) {
  return DomainContext.configure()
    .messages(...maps)
    .logging((c) => c.logger(silentLogger))
    .bus((c) => c.withProcessor((p) => p.endpoint('test').registerHandler(handler)))
    .start();
}

describe('a map of validators', () => {
  class Handler implements Handles<typeof Validated> {
    readonly placed = Promise.withResolvers<unknown>();

    handlePlaceOrder(command: { saleId: string; quantity: number }): void {
      this.placed.resolve(command);
    }

    handleCancelOrder(): void {}
  }

  it('lets through what fits, as the validator returns it', async () => {
    const handler = new Handler();
    await using context = await contextWith(handler, [Validated]);
    // What enters may leave out what has a default; the validator fills it in.
    await context.commandBus.send('PlaceOrder', { saleId: 's' });
    expect(await handler.placed.promise).toEqual({ saleId: 's', quantity: 1 });
  });

  it.each([
    ['zod', 'PlaceOrder', { saleId: 's', quantity: -1 }, 'quantity'],
    ['valibot', 'CancelOrder', { orderId: 7 }, 'orderId'],
  ])('refuses what does not fit where it is sent, naming the member (%s)', async (_, name, payload, member) => {
    await using context = await contextWith(new Handler(), [Validated]);
    await expect(context.commandBus.send(name, payload)).rejects.toMatchObject({
      code: 'ND_INVALID_PAYLOAD',
      messageName: name,
      issues: [expect.stringContaining(member)],
    });
  });
});

describe('a map of classes', () => {
  class Handler implements Handles<typeof Classes> {
    readonly bid = Promise.withResolvers<PlaceBid>();

    handlePlaceBid(command: PlaceBid): void {
      this.bid.resolve(command);
    }
  }

  it('sends instances under the name of their class in the map, and gives them their prototype back', async () => {
    const handler = new Handler();
    await using context = await contextWith(handler, [Classes]);
    const sent = new PlaceBid('a', 250);
    await context.commands(Classes).send(sent);
    const received = await handler.bid.promise;
    expect(received).toBeInstanceOf(PlaceBid);
    expect(received).not.toBe(sent);
    expect(received.pounds).toBe(2.5);
  });

  it('refuses an instance of a class outside of the map', async () => {
    class Stranger {}
    await using context = await contextWith(new Handler(), [Classes]);
    await expect(context.commandBus.send(new Stranger())).rejects.toMatchObject({ code: 'ND_UNKNOWN_MESSAGE' });
  });
});

describe('declared messages', () => {
  it('make a handler of an unknown one an error at start, which names class, method and the likely name', async () => {
    class Misspelt {
      handlePlaceorder(): void {}
    }
    await expect(contextWith(new Misspelt(), [Validated])).rejects.toMatchObject({
      code: 'ND_UNKNOWN_MESSAGE',
      message: expect.stringMatching(/Misspelt handles "Placeorder".*Did you mean "PlaceOrder"/) as string,
    });
  });

  it('cannot be declared twice with different definitions', async () => {
    const other = { PlaceOrder: z.object({}) };
    await expect(contextWith({ handleX() {} }, [Validated, other])).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
  });

  it('may be names alone, for maps that are types', async () => {
    class Handler implements ListensTo<{ Known: object }> {
      onKnown(): void {}
    }
    await using context = await contextWith(new Handler(), [['Known']]);
    expect(context.processors).toHaveLength(1);
  });
});
