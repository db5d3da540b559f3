import { Projection, type Projects } from '@ndomain/core';
import { Auction } from '../domain/auction/auction.ts';
import type { AuctionEvents, Bid } from '../domain/auction/contracts.ts';

/** An auction as the page shows it. Money is in pence. */
export interface AuctionCardView {
  title: string;
  description: string;
  minPrice: number;
  startsAt: Date;
  endsAt: Date;
  highestBid: Bid | null;
  bidCount: number;
  hasEnded: boolean;
  winner: Bid | null;
}

export class AuctionCard extends Projection<AuctionCardView> implements Projects<AuctionCardView, AuctionEvents> {
  static readonly source = Auction;
  static readonly projectionName = 'auction-card';

  initial(): AuctionCardView {
    return {
      title: '',
      description: '',
      minPrice: 0,
      startsAt: new Date(0),
      endsAt: new Date(0),
      highestBid: null,
      bidCount: 0,
      hasEnded: false,
      winner: null,
    };
  }

  onAuctionCreated(view: AuctionCardView, event: AuctionEvents['AuctionCreated']): void {
    view.title = event.item.title;
    view.description = event.item.description;
    view.minPrice = event.minPrice;
    view.startsAt = event.startsAt;
    view.endsAt = event.endsAt;
  }

  onBidPlaced(view: AuctionCardView, { bid }: AuctionEvents['BidPlaced']): void {
    view.highestBid = bid;
    view.bidCount++;
  }

  onAuctionEnded(view: AuctionCardView, { winner }: AuctionEvents['AuctionEnded']): void {
    view.hasEnded = true;
    view.winner = winner;
  }
}
