import type { DomainContext } from '@ndomain/core';
import type { FastifyInstance } from 'fastify';
import type { AuctionCommands } from '../../src/domain/auction/contracts.ts';
import { seed } from '../../src/seed/seed.ts';
import { LiveFeed } from '../../src/web/live-feed.ts';
import { webServer } from '../../src/web/server.ts';
import { AuctionCard } from '../../src/read-models/auction-card.ts';
import { quietShop } from './shop.ts';

/** The shop with its catalogue and its web server, as `serve` runs it. */
export interface WebShop extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly context: DomainContext;
}

export async function openWebShop(): Promise<WebShop> {
  const live = new LiveFeed();
  const context = await quietShop({ onEvent: live.onEvent });
  const app = await webServer(context, live);
  await seed(context, new Date());
  return {
    app,
    context,
    async [Symbol.asyncDispose]() {
      await app.close();
      await context.stop();
    },
  };
}

/** An auction that has started just now and runs for so long. */
export async function openAuction(context: DomainContext, auctionId: string, runsForMs: number): Promise<void> {
  const now = Date.now();
  const payload = {
    auctionId,
    sellerId: 'test',
    item: { title: 'Quick lot', description: 'Soon gone.' },
    minPrice: 100,
    startsAt: new Date(now),
    endsAt: new Date(now + runsForMs),
  };
  await context.commands<AuctionCommands>().send('CreateAuction', payload, { key: auctionId });
  await context.views(AuctionCard).getOrWaitUntil(auctionId, 1);
}
