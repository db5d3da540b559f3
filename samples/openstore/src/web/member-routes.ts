import { newId, type DomainContext } from '@ndomain/core';
import type { FastifyInstance } from 'fastify';
import type { MemberCommands } from '../domain/member/contracts.ts';
import { MemberCard } from '../read-models/member-card.ts';
import { MemberOrders, type MemberOrder } from '../read-models/member-orders.ts';
import { ask } from './ask.ts';
import { notFound } from './http-error.ts';
import { body, ID, limitOf, PAGE_QUERY, type PageQuery } from './schemas.ts';

interface MemberParams {
  readonly memberId: string;
}

const MEMBER_BODY = body({ memberId: ID, name: { type: 'string', minLength: 1, maxLength: 60 } }, ['name']);

/** Members: registering, and what they have ordered. */
export function memberRoutes(app: FastifyInstance, context: DomainContext): void {
  const cards = context.views(MemberCard);
  const memberOrders = new MemberOrders(context.queryStore);

  app.post<{ Body: { memberId?: string; name: string } }>(
    '/api/members',
    { schema: MEMBER_BODY },
    async ({ body: { memberId = newId(), name } }, reply) => {
      const payload = { memberId, name };
      const version = await ask<MemberCommands, 'RegisterMember'>(context, 'RegisterMember', payload, {
        key: memberId,
      });
      const { data } = await cards.getOrWaitUntil(memberId, version);
      return reply.status(201).send({ id: memberId, name: data?.name ?? name });
    },
  );

  app.get<{ Params: MemberParams }>('/api/members/:memberId', async ({ params: { memberId } }) => {
    const { data } = await cards.get(memberId);
    if (data === undefined) throw notFound('member', memberId);
    return { id: memberId, name: data.name };
  });

  app.get<{ Params: MemberParams; Querystring: PageQuery }>(
    '/api/members/:memberId/orders',
    { schema: PAGE_QUERY },
    async ({ params: { memberId }, query }) => {
      const orders: MemberOrder[] = [];
      for await (const order of memberOrders.of(memberId)) orders.push(order);
      orders.sort((a, b) => timeOf(b) - timeOf(a));
      return { total: orders.length, orders: orders.slice(0, limitOf(query, 50, 500)) };
    },
  );
}

function timeOf({ order }: MemberOrder): number {
  return order.placedAt.getTime();
}
