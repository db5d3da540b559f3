import type { Item } from '../item.ts';

/** What a member would pay, in pence. */
export interface Bid {
  readonly id: string;
  readonly memberId: string;
  readonly amount: number;
}

export type AuctionCommands = {
  CreateAuction: { auctionId: string; sellerId: string; item: Item; minPrice: number; startsAt: Date; endsAt: Date };
  PlaceBid: { auctionId: string; bid: Bid };
  EndAuction: { auctionId: string };
};

export type AuctionEvents = {
  AuctionCreated: { sellerId: string; item: Item; minPrice: number; startsAt: Date; endsAt: Date };
  BidPlaced: { bid: Bid; placedAt: Date };
  /** Null: nobody bid. */
  AuctionEnded: { winner: Bid | null };
};
