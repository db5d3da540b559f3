import { newId, type DomainContext } from '@ndomain/core';
import type { FastifyInstance } from 'fastify';
import type { SaleCommands } from '../domain/sale/contracts.ts';
import { Sale } from '../domain/sale/sale.ts';
import { bestSellers } from '../read-models/best-sellers.ts';
import { historyOf } from '../read-models/history.ts';
import { MemberCard } from '../read-models/member-card.ts';
import { MemberOrders } from '../read-models/member-orders.ts';
import { SaleCard } from '../read-models/sale-card.ts';
import { ask } from './ask.ts';
import { saleDto, type SaleDto } from './dto.ts';
import { HttpError, notFound } from './http-error.ts';
import { body, HISTORY_QUERY, ID, limitOf, PAGE_QUERY, type HistoryQuery, type PageQuery } from './schemas.ts';

interface SaleParams {
  readonly saleId: string;
}

interface OrderParams extends SaleParams {
  readonly orderId: string;
}

interface OrderBody {
  /** Chosen by the caller, an order can be sent twice and is placed once. */
  readonly orderId?: string;
  readonly memberId?: string;
  readonly quantity: number;
}

const ORDER_BODY = body({ orderId: ID, memberId: ID, quantity: { type: 'integer', minimum: 1, maximum: 1_000_000 } }, [
  'quantity',
]);

/** How long an answer waits for the read models to have come as far as the command. */
const READ_TIMEOUT_MS = 5_000;

/** Sales: what there is, what happened to it, ordering. */
export function saleRoutes(app: FastifyInstance, context: DomainContext): void {
  const cards = context.views(SaleCard);
  const memberOrders = new MemberOrders(context.queryStore);

  const reached = async (saleId: string, version: number): Promise<SaleDto> => {
    const sale = saleDto(await cards.getOrWaitUntil(saleId, version));
    if (sale === undefined) throw notFound('sale', saleId);
    return sale;
  };

  app.get('/api/sales', async () => {
    const sales: SaleDto[] = [];
    for await (const card of cards.all()) {
      const sale = saleDto(card);
      if (sale !== undefined) sales.push(sale);
    }
    return { sales };
  });

  app.get<{ Querystring: PageQuery }>('/api/best-sellers', { schema: PAGE_QUERY }, async ({ query }) => {
    const best = await bestSellers(cards, limitOf(query, 5, 100));
    return { sales: best.map(saleDto) };
  });

  app.get<{ Params: SaleParams }>('/api/sales/:saleId', ({ params }) => reached(params.saleId, 0));

  app.get<{ Params: SaleParams; Querystring: HistoryQuery }>(
    '/api/sales/:saleId/history',
    { schema: HISTORY_QUERY },
    async ({ params: { saleId }, query }) => {
      const before = query.before === undefined ? undefined : Number(query.before);
      const events = await historyOf(context.eventStore, Sale, saleId, { before, limit: limitOf(query, 100, 500) });
      if (events.length === 0 && before === undefined) throw notFound('sale', saleId);
      return { events };
    },
  );

  app.post<{ Params: SaleParams; Body: OrderBody }>(
    '/api/sales/:saleId/orders',
    { schema: ORDER_BODY },
    async ({ params: { saleId }, body: { orderId = newId(), memberId = null, quantity } }, reply) => {
      const { price: unitPrice } = await reached(saleId, 0);
      if (memberId !== null && (await context.views(MemberCard).get(memberId)).version === 0) {
        throw new HttpError(422, 'MEMBER_UNKNOWN', `There is no member "${memberId}": register first.`);
      }
      const order = { id: orderId, memberId, quantity, unitPrice, placedAt: new Date() };
      const options = { key: saleId, id: `order/${encodeURIComponent(saleId)}/${encodeURIComponent(orderId)}/place` };
      const version = await ask<SaleCommands, 'PlaceOrder'>(context, 'PlaceOrder', { saleId, order }, options);
      if (memberId !== null) {
        await memberOrders.placed(memberId, saleId, orderId, READ_TIMEOUT_MS);
      }
      return reply.status(201).send({ orderId, sale: await reached(saleId, version) });
    },
  );

  for (const [path, command] of [
    ['cancel', 'CancelOrder'],
    ['complete', 'CompleteOrder'],
  ] as const) {
    app.post<{ Params: OrderParams }>(`/api/sales/:saleId/orders/:orderId/${path}`, async ({ params }) => {
      const { saleId, orderId } = params;
      await reached(saleId, 0);
      const version = await ask<SaleCommands, typeof command>(context, command, { saleId, orderId }, { key: saleId });
      return { orderId, sale: await reached(saleId, version) };
    });
  }
}
