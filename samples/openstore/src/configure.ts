import { AggregateDefinition, DomainContext, type Backend, type Logger, type MessageContext } from '@ndomain/core';
import { AuctionCommandHandler } from './domain/auction/auction-command-handler.ts';
import { Auction } from './domain/auction/auction.ts';
import type { AuctionCommands } from './domain/auction/contracts.ts';
import { MemberCommandHandler } from './domain/member/member-command-handler.ts';
import { Member } from './domain/member/member.ts';
import { SaleCommandHandler } from './domain/sale/sale-command-handler.ts';
import { Sale } from './domain/sale/sale.ts';
import type { RejectionEvents } from './outcomes/contracts.ts';
import { Outcomes } from './outcomes/outcomes.ts';
import { AuctionCard } from './read-models/auction-card.ts';
import { MemberCard } from './read-models/member-card.ts';
import { MemberOrders } from './read-models/member-orders.ts';
import { RejectionLog } from './read-models/rejection-log.ts';
import { SaleCard } from './read-models/sale-card.ts';
import { storeBackend, type StoreOptions } from './store-backend.ts';

export interface ShopOptions extends StoreOptions {
  /** How many messages of an endpoint are handled at the same time. @default 16 */
  readonly concurrency?: number;
  /** Told about every event of a sale or an auction, on an endpoint of its own. @default nobody */
  readonly onEvent?: (event: MessageContext) => void;
  /** @default warnings and errors go to stderr */
  readonly logger?: Logger;
  /** @default the one that the options name */
  readonly backend?: Backend;
  /** What time it is, for auctions. @default the machine's time */
  readonly now?: () => Date;
}

export const ENDPOINTS = { sales: 'sales', auctions: 'auctions', readModels: 'read-models', live: 'live' } as const;

/** The whole shop: all that is chosen about storage, messages and handlers. */
export function startShop(options: ShopOptions = {}): Promise<DomainContext> {
  const { concurrency = 16, onEvent, logger, now = () => new Date() } = options;
  return DomainContext.configure()
    .with(options.backend ?? storeBackend(options))
    .logging((c) => (logger === undefined ? c : c.logger(logger)))
    .eventSourcing((c) => c.bind(Sale, Auction, Member).cache({ capacity: 4_096 }))
    .bus((c) => {
      c.withProcessor((p) =>
        p
          .endpoint(ENDPOINTS.sales)
          .ordered()
          .concurrency(concurrency)
          .registerHandler(SaleCommandHandler, (c) => new SaleCommandHandler(c.repository(Sale), outcomesOf(c))),
      )
        .withProcessor((p) =>
          p
            .endpoint(ENDPOINTS.auctions)
            .ordered()
            .registerHandler(
              AuctionCommandHandler,
              (c) =>
                new AuctionCommandHandler(c.repository(Auction), c.commands<AuctionCommands>(), outcomesOf(c), now),
            )
            .registerHandler(
              MemberCommandHandler,
              (c) => new MemberCommandHandler(c.repository(Member), outcomesOf(c)),
            ),
        )
        .withProcessor((p) =>
          p
            .endpoint(ENDPOINTS.readModels)
            .ordered()
            .concurrency(concurrency)
            .registerProjection(SaleCard)
            .registerProjection(AuctionCard)
            .registerProjection(MemberCard)
            .registerHandler(MemberOrders, (c) => new MemberOrders(c.queryStore))
            .registerHandler(new RejectionLog(logger)),
        );
      if (onEvent === undefined) return;
      c.withProcessor((p) => {
        const events = p.endpoint(ENDPOINTS.live).events<Record<string, unknown>>();
        for (const name of [Sale, Auction].flatMap(
          (each) => new AggregateDefinition<Sale | Auction>(each).eventNames,
        )) {
          events.handle(name, (_payload, event) => onEvent(event), { component: 'live' });
        }
      });
    })
    .start();
}

/** The outcomes of commands, as the handlers keep them. */
export function outcomesOf(context: DomainContext): Outcomes {
  return new Outcomes(context.queryStore, context.events<RejectionEvents>());
}
