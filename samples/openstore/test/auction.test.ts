import { AggregateDefinition } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import { Auction } from '../src/domain/auction/auction.ts';
import {
  AuctionAlreadyExists,
  AuctionNotRunning,
  AuctionStillRunning,
  BidTooLow,
  InvalidAuctionWindow,
} from '../src/domain/auction/errors.ts';

const ITEM = { title: 'Clock', description: 'It ticks.' };
const NOON = new Date('2026-01-01T12:00:00Z');

function at(minutes: number): Date {
  return new Date(NOON.getTime() + minutes * 60_000);
}

function auction(): Auction {
  const made = new AggregateDefinition(Auction).create('clock');
  made.create('shop', ITEM, 1_000, at(0), at(60));
  return made;
}

function bid(id: string, amount: number): { id: string; memberId: string; amount: number } {
  return { id, amount, memberId: 'ann' };
}

describe('an auction', () => {
  it('takes bids from the minimum price on, each higher than the one before', () => {
    const clock = auction();
    expect(() => clock.placeBid(bid('0', 999), at(1))).toThrow(BidTooLow);
    clock.placeBid(bid('1', 1_000), at(1));
    expect(() => clock.placeBid(bid('2', 1_000), at(2))).toThrow('at least £10.01');
    clock.placeBid(bid('3', 1_001), at(3));
    expect(clock.state.highestBid).toEqual(bid('3', 1_001));
  });

  it('takes bids within its window only', () => {
    const clock = auction();
    expect(() => clock.placeBid(bid('1', 2_000), at(-1))).toThrow(AuctionNotRunning);
    expect(() => clock.placeBid(bid('1', 2_000), at(60))).toThrow(AuctionNotRunning);
    clock.placeBid(bid('1', 2_000), at(0));
  });

  it('ends with the highest bid, or with nobody', () => {
    const clock = auction();
    clock.placeBid(bid('1', 2_000), at(10));
    expect(() => clock.end(at(59))).toThrow(AuctionStillRunning);
    clock.end(at(60));
    clock.end(at(61));
    expect(clock.changes.at(-1)).toEqual({ name: 'AuctionEnded', payload: { winner: bid('1', 2_000) } });
    expect(() => clock.placeBid(bid('2', 3_000), at(10))).toThrow(AuctionNotRunning);

    const lonely = auction();
    lonely.end(at(60));
    expect(lonely.changes.at(-1)).toEqual({ name: 'AuctionEnded', payload: { winner: null } });
  });

  it('is created once, with a window that is one', () => {
    expect(() => auction().create('shop', ITEM, 1, at(0), at(1))).toThrow(AuctionAlreadyExists);
    const other = new AggregateDefinition(Auction).create('other');
    expect(() => other.create('shop', ITEM, 1, at(1), at(1))).toThrow(InvalidAuctionWindow);
    expect(() => other.placeBid(bid('1', 1), at(1))).toThrow(AuctionNotRunning);
  });
});
