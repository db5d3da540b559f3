import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { DomainContext } from '@ndomain/core';
import { fastify, type FastifyInstance } from 'fastify';
import { auctionRoutes } from './auction-routes.ts';
import { HttpError, sendError } from './http-error.ts';
import { toJson } from './json.ts';
import type { LiveFeed } from './live-feed.ts';
import { memberRoutes } from './member-routes.ts';
import { saleRoutes } from './sale-routes.ts';

const PUBLIC_DIR = fileURLToPath(new URL('../../public/', import.meta.url));

/** Everything that the page needs comes from here; nothing may come from anywhere else. */
const HEADERS = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The page and its HTTP API; it does not listen yet. */
export async function webServer(context: DomainContext, live: LiveFeed): Promise<FastifyInstance> {
  const app = fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(({ method, url }) => {
    throw new HttpError(404, 'NOT_FOUND', `There is nothing at ${method} ${url}.`);
  });
  app.setReplySerializer(toJson);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS);
  });
  saleRoutes(app, context);
  auctionRoutes(app, context);
  memberRoutes(app, context);
  live.register(app, context);
  await app.register(fastifyStatic, { root: PUBLIC_DIR, cacheControl: false });
  return app;
}
