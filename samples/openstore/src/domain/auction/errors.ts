import { DomainError } from '../domain-error.ts';

export class AuctionAlreadyExists extends DomainError {
  readonly code = 'AUCTION_ALREADY_EXISTS';

  constructor(auctionId: string) {
    super(`There is an auction "${auctionId}" already.`);
  }
}

export class InvalidAuctionWindow extends DomainError {
  readonly code = 'INVALID_AUCTION_WINDOW';

  constructor(startsAt: Date, endsAt: Date) {
    super(`An auction must end after it starts, but ${endsAt.toISOString()} is not after ${startsAt.toISOString()}.`);
  }
}

export class AuctionNotRunning extends DomainError {
  readonly code = 'AUCTION_NOT_RUNNING';

  constructor(why: string) {
    super(`The auction takes no bids: ${why}.`);
  }
}

export class BidTooLow extends DomainError {
  readonly code = 'BID_TOO_LOW';
  /** In pence. */
  readonly least: number;

  constructor(amount: number, least: number) {
    super(`A bid of ${pounds(amount)} is too low: at least ${pounds(least)} is needed.`);
    this.least = least;
  }
}

export class AuctionStillRunning extends DomainError {
  readonly code = 'AUCTION_STILL_RUNNING';
  readonly endsAt: Date;

  constructor(endsAt: Date) {
    super(`The auction runs until ${endsAt.toISOString()}.`);
    this.endsAt = endsAt;
  }
}

function pounds(pence: number): string {
  return `£${(pence / 100).toFixed(2)}`;
}
