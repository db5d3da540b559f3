import { newId, type DomainContext } from '@ndomain/core';
import type { FastifyInstance } from 'fastify';
import { Auction } from '../domain/auction/auction.ts';
import type { AuctionCommands } from '../domain/auction/contracts.ts';
import { AuctionCard } from '../read-models/auction-card.ts';
import { historyOf } from '../read-models/history.ts';
import { MemberCard } from '../read-models/member-card.ts';
import { ask } from './ask.ts';
import { auctionDto, type AuctionDto } from './dto.ts';
import { HttpError, notFound } from './http-error.ts';
import { body, HISTORY_QUERY, ID, limitOf, PENCE, type HistoryQuery } from './schemas.ts';

interface AuctionParams {
  readonly auctionId: string;
}

interface BidBody {
  /** Chosen by the caller, a bid can be sent twice and is placed once. */
  readonly bidId?: string;
  readonly memberId: string;
  readonly amount: number;
}

const BID_BODY = body({ bidId: ID, memberId: ID, amount: PENCE }, ['memberId', 'amount']);

/** Auctions: what runs, what happened to it, bidding. */
export function auctionRoutes(app: FastifyInstance, context: DomainContext): void {
  const cards = context.views(AuctionCard);

  const reached = async (auctionId: string, version: number): Promise<AuctionDto> => {
    const auction = auctionDto(await cards.getOrWaitUntil(auctionId, version));
    if (auction === undefined) throw notFound('auction', auctionId);
    return auction;
  };

  app.get('/api/auctions', async () => {
    const auctions: AuctionDto[] = [];
    for await (const card of cards.all()) {
      const auction = auctionDto(card);
      if (auction !== undefined) auctions.push(auction);
    }
    return { auctions: auctions.sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime()) };
  });

  app.get<{ Params: AuctionParams }>('/api/auctions/:auctionId', ({ params }) => reached(params.auctionId, 0));

  app.get<{ Params: AuctionParams; Querystring: HistoryQuery }>(
    '/api/auctions/:auctionId/history',
    { schema: HISTORY_QUERY },
    async ({ params: { auctionId }, query }) => {
      const before = query.before === undefined ? undefined : Number(query.before);
      const range = { before, limit: limitOf(query, 100, 500) };
      const events = await historyOf(context.eventStore, Auction, auctionId, range);
      if (events.length === 0 && before === undefined) throw notFound('auction', auctionId);
      return { events };
    },
  );

  app.post<{ Params: AuctionParams; Body: BidBody }>(
    '/api/auctions/:auctionId/bids',
    { schema: BID_BODY },
    async ({ params: { auctionId }, body: { bidId = newId(), memberId, amount } }, reply) => {
      await reached(auctionId, 0);
      if ((await context.views(MemberCard).get(memberId)).version === 0) {
        throw new HttpError(422, 'MEMBER_UNKNOWN', `There is no member "${memberId}": register first.`);
      }
      const bid = { id: bidId, memberId, amount };
      const options = { key: auctionId, id: `bid/${encodeURIComponent(auctionId)}/${encodeURIComponent(bidId)}` };
      const version = await ask<AuctionCommands, 'PlaceBid'>(context, 'PlaceBid', { auctionId, bid }, options);
      return reply.status(201).send({ bidId, auction: await reached(auctionId, version) });
    },
  );
}
