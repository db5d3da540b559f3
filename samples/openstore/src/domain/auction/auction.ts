import { Aggregate } from '@ndomain/core';
import { checkWhole } from '../domain-error.ts';
import type { Item } from '../item.ts';
import { AuctionState } from './auction-state.ts';
import type { AuctionEvents, Bid } from './contracts.ts';
import {
  AuctionAlreadyExists,
  AuctionNotRunning,
  AuctionStillRunning,
  BidTooLow,
  InvalidAuctionWindow,
} from './errors.ts';

/** One thing, for whoever bids the most within a window of time. What time it is, the caller says. */
export class Auction extends Aggregate<AuctionState, AuctionEvents> {
  static readonly aggregateName = 'Auction';
  static readonly State = AuctionState;

  /** Throws `AuctionAlreadyExists` and `InvalidAuctionWindow`. */
  create(sellerId: string, item: Item, minPrice: number, startsAt: Date, endsAt: Date): void {
    if (this.state.status !== 'unknown') throw new AuctionAlreadyExists(this.id);
    checkWhole('minimum price', minPrice, 0);
    if (endsAt <= startsAt) throw new InvalidAuctionWindow(startsAt, endsAt);
    this.on('AuctionCreated', { sellerId, item, minPrice, startsAt, endsAt });
  }

  /** Throws `AuctionNotRunning` outside of the window, and `BidTooLow` unless it is more than the highest bid. */
  placeBid(bid: Bid, now: Date): void {
    const { status, startsAt, endsAt, highestBid } = this.state;
    if (status === 'unknown') throw new AuctionNotRunning('there is no such auction');
    if (highestBid?.id === bid.id) return;
    if (status === 'ended' || now >= endsAt) throw new AuctionNotRunning('it has ended');
    if (now < startsAt) throw new AuctionNotRunning(`it starts at ${startsAt.toISOString()}`);
    checkWhole('bid', bid.amount, 1);
    if (bid.amount < this.leastBid) throw new BidTooLow(bid.amount, this.leastBid);
    this.on('BidPlaced', { bid, placedAt: now });
  }

  /** Decides who wins: the highest bid, if there is one. A second time it does nothing. Throws `AuctionStillRunning`. */
  end(now: Date): void {
    const { status, endsAt, highestBid } = this.state;
    if (status === 'unknown') throw new AuctionNotRunning('there is no such auction');
    if (status === 'ended') return;
    if (now < endsAt) throw new AuctionStillRunning(endsAt);
    this.on('AuctionEnded', { winner: highestBid });
  }

  /** What the next bid must be at least, in pence. */
  get leastBid(): number {
    const { highestBid, minPrice } = this.state;
    return highestBid === null ? Math.max(minPrice, 1) : highestBid.amount + 1;
  }
}
