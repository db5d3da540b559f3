import type { AggregateRepository, CommandSender, Handles, MessageContext } from '@ndomain/core';
import { bidSubject, type Outcomes } from '../../outcomes/outcomes.ts';
import type { Auction } from './auction.ts';
import type { AuctionCommands } from './contracts.ts';
import { AuctionStillRunning } from './errors.ts';

/** Takes the commands about auctions. An auction that is created also leaves a command behind that will end it. */
export class AuctionCommandHandler implements Handles<AuctionCommands> {
  static readonly component = 'auctions';
  readonly #auctions: AggregateRepository<Auction>;
  readonly #commands: CommandSender<AuctionCommands>;
  readonly #outcomes: Outcomes;
  readonly #now: () => Date;

  constructor(
    auctions: AggregateRepository<Auction>,
    commands: CommandSender<AuctionCommands>,
    outcomes: Outcomes,
    now: () => Date,
  ) {
    this.#auctions = auctions;
    this.#commands = commands;
    this.#outcomes = outcomes;
    this.#now = now;
  }

  async handleCreateAuction(command: AuctionCommands['CreateAuction'], context: MessageContext): Promise<void> {
    const { auctionId, sellerId, item, minPrice, startsAt, endsAt } = command;
    await this.#outcomes.decide(context, auctionId, async () => {
      const auction = await this.#auctions.createOrUpdate(auctionId, (each) =>
        each.create(sellerId, item, minPrice, startsAt, endsAt),
      );
      await this.#commands.send('EndAuction', { auctionId }, { key: auctionId, deliverAt: endsAt });
      return auction;
    });
  }

  async handlePlaceBid({ auctionId, bid }: AuctionCommands['PlaceBid'], context: MessageContext): Promise<void> {
    const place = (auction: Auction): void => auction.placeBid(bid, this.#now());
    await this.#outcomes.decide(
      context,
      auctionId,
      () => this.#auctions.createOrUpdate(auctionId, place),
      bidSubject(auctionId, bid.id),
    );
  }

  async handleEndAuction({ auctionId }: AuctionCommands['EndAuction']): Promise<void> {
    const end = (auction: Auction): void => auction.end(this.#now());
    try {
      await this.#auctions.createOrUpdate(auctionId, end);
    } catch (error) {
      // This machine's clock is behind that of the one which woke the command.
      if (!(error instanceof AuctionStillRunning)) throw error;
      await this.#commands.send('EndAuction', { auctionId }, { key: auctionId, deliverAt: error.endsAt });
    }
  }
}
