import type { DomainContext } from '@ndomain/core';
import type { AuctionCommands } from '../domain/auction/contracts.ts';
import type { SaleCommands } from '../domain/sale/contracts.ts';
import { AuctionCard } from '../read-models/auction-card.ts';
import { SaleCard } from '../read-models/sale-card.ts';
import { SEED_AUCTIONS, SEED_SALES } from './catalogue.ts';

const SELLER = 'openstore';

/** Fills the shop's windows, and waits until they can be seen. The ids are fixed: a shop that was seeded before stays as it is. */
export async function seed(context: DomainContext, now: Date): Promise<void> {
  await context.commands<SaleCommands>().sendAll(
    SEED_SALES.map(({ id: saleId, item, price, stock }) => ({
      name: 'CreateSale',
      payload: { saleId, sellerId: SELLER, item, price, stock },
      options: { id: `seed/sale/${saleId}`, key: saleId },
    })),
  );
  await context.commands<AuctionCommands>().sendAll(
    SEED_AUCTIONS.map(({ id: auctionId, item, minPrice, startsIn, endsIn }) => ({
      name: 'CreateAuction',
      payload: {
        auctionId,
        sellerId: SELLER,
        item,
        minPrice,
        startsAt: minutesAfter(now, startsIn),
        endsAt: minutesAfter(now, endsIn),
      },
      options: { id: `seed/auction/${auctionId}`, key: auctionId },
    })),
  );
  for (const { id } of SEED_SALES) await context.views(SaleCard).getOrWaitUntil(id, 1);
  for (const { id } of SEED_AUCTIONS) await context.views(AuctionCard).getOrWaitUntil(id, 1);
}

function minutesAfter(date: Date, minutes: number): Date {
  return new Date(date.getTime() + minutes * 60_000);
}
