import type { Query } from '@ndomain/core';
import type { AuctionCardView } from '../read-models/auction-card.ts';
import type { SaleCardView } from '../read-models/sale-card.ts';

/** A sale as browsers get it. */
export interface SaleDto extends SaleCardView {
  readonly id: string;
  readonly version: number;
  readonly available: number;
}

/** An auction as browsers get it. */
export interface AuctionDto extends AuctionCardView {
  readonly id: string;
  readonly version: number;
  /** What the next bid must be at least, in pence. */
  readonly leastBid: number;
}

export function saleDto({ id, version, data }: Query<SaleCardView>): SaleDto | undefined {
  return data === undefined ? undefined : { id, version, ...data, available: data.stock - data.reserved };
}

export function auctionDto({ id, version, data }: Query<AuctionCardView>): AuctionDto | undefined {
  if (data === undefined) return undefined;
  const leastBid = data.highestBid === null ? Math.max(data.minPrice, 1) : data.highestBid.amount + 1;
  return { id, version, ...data, leastBid };
}
