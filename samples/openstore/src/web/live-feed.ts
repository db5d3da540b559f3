import type { DomainContext, MessageContext } from '@ndomain/core';
import type { FastifyInstance } from 'fastify';
import { Sale } from '../domain/sale/sale.ts';
import { AuctionCard } from '../read-models/auction-card.ts';
import { SaleCard } from '../read-models/sale-card.ts';
import { auctionDto, saleDto } from './dto.ts';
import { toJson } from './json.ts';
import { LiveClient } from './live-client.ts';

/** Changes within this time go out together. */
const TICK_MS = 60;
const HEARTBEAT_MS = 15_000;
/** So many things may change in one tick; when it is more, browsers load everything again. */
const MOST_PER_TICK = 200;

/** Something that has changed, as far as the newest event about it says. */
interface Change {
  readonly kind: 'sale' | 'auction';
  readonly id: string;
  readonly version: number;
  readonly event: string;
}

/** Tells browsers what happens in the shop, with server-sent events: `sale` and `auction` carry the card as it is now. */
export class LiveFeed {
  readonly #clients = new Set<LiveClient>();
  readonly #changes = new Map<string, Change>();
  #context: DomainContext | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  /** To be called for every event of a sale or an auction. */
  readonly onEvent = ({ aggregateName, aggregateId: id, sequenceId: version, name: event }: MessageContext): void => {
    if (this.#clients.size === 0) return;
    const kind = aggregateName === Sale.aggregateName ? 'sale' : 'auction';
    const key = `${kind}/${id}`;
    if ((this.#changes.get(key)?.version ?? 0) < version && this.#changes.size <= MOST_PER_TICK) {
      this.#changes.set(key, { kind, id, version, event });
    }
    this.#timer ??= setTimeout(() => void this.#tick(), TICK_MS);
  };

  /** Adds the route, and lets go of all browsers when the server closes. */
  register(app: FastifyInstance, context: DomainContext): void {
    this.#context = context;
    app.get('/api/live', (request, reply) => {
      reply.hijack();
      const client = new LiveClient(reply.raw);
      this.#clients.add(client);
      this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS);
      request.raw.once('close', () => this.#clients.delete(client));
    });
    app.addHook('preClose', async () => {
      clearTimeout(this.#timer);
      clearInterval(this.#heartbeat);
      for (const client of this.#clients) client.close();
      this.#clients.clear();
    });
  }

  async #tick(): Promise<void> {
    this.#timer = undefined;
    const changes = [...this.#changes];
    this.#changes.clear();
    try {
      if (changes.length > MOST_PER_TICK) this.#broadcast('everything', 'reload', '{}');
      else for (const [subject, change] of changes) await this.#tell(subject, change);
    } catch (error) {
      console.error('Browsers could not be told about a change:', error);
    }
  }

  async #tell(subject: string, { kind, id, version, event }: Change): Promise<void> {
    if (this.#context === undefined) return;
    const card =
      kind === 'sale'
        ? saleDto(await this.#context.views(SaleCard).getOrWaitUntil(id, version))
        : auctionDto(await this.#context.views(AuctionCard).getOrWaitUntil(id, version));
    if (card !== undefined) this.#broadcast(subject, kind, toJson({ event, card }));
  }

  #broadcast(subject: string, event: string, json: string): void {
    for (const client of this.#clients) client.send(subject, event, json);
  }

  #beat(): void {
    for (const client of this.#clients) client.beat();
  }
}
