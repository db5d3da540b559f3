import { State, type Mutates } from '@ndomain/core';
import type { AuctionEvents, Bid } from './contracts.ts';

export class AuctionState extends State implements Mutates<AuctionEvents> {
  status: 'unknown' | 'open' | 'ended' = 'unknown';
  minPrice = 0;
  startsAt = new Date(0);
  endsAt = new Date(0);
  highestBid: Bid | null = null;
  bidCount = 0;

  onAuctionCreated({ minPrice, startsAt, endsAt }: AuctionEvents['AuctionCreated']): void {
    this.status = 'open';
    this.minPrice = minPrice;
    this.startsAt = startsAt;
    this.endsAt = endsAt;
  }

  onBidPlaced({ bid }: AuctionEvents['BidPlaced']): void {
    this.highestBid = bid;
    this.bidCount++;
  }

  onAuctionEnded(_event: AuctionEvents['AuctionEnded']): void {
    this.status = 'ended';
  }
}
