import { aggregateIdOf, aggregateNameOf, streamIdOf, type DomainContext, type StreamEvent } from '@ndomain/core';
import type { SaleEvents } from '../domain/sale/contracts.ts';
import { Sale } from '../domain/sale/sale.ts';
import { rejectionsOf } from '../outcomes/outcomes.ts';
import { SaleCard } from '../read-models/sale-card.ts';

/** What the shop holds, all sales together. Nothing here comes from whoever sent the commands. */
export interface ShopFigures {
  sales: number;
  ordersCompleted: number;
  ordersRejected: number;
  unitsSold: number;
  returns: number;
  unitsReturned: number;
  adjustments: number;
  adjustmentsRejected: number;
  eventsStored: number;
  /** Final units by stock code. */
  stock: Record<string, number>;
}

const PAGE_SIZE = 1_000;

/** How many events the sales have, read from the event store. */
export async function countEvents(context: DomainContext): Promise<number> {
  let count = 0;
  for await (const _event of saleEvents(context)) count++;
  return count;
}

/** Adds up the event store, and reads stock and rejections from the read models, once these have come as far as the events. */
export async function figuresOf(context: DomainContext): Promise<ShopFigures> {
  const figures: ShopFigures = {
    sales: 0,
    ordersCompleted: 0,
    ordersRejected: await countQueries(context, rejectionsOf('order')),
    unitsSold: 0,
    returns: 0,
    unitsReturned: 0,
    adjustments: 0,
    adjustmentsRejected: await countQueries(context, rejectionsOf('adjustment')),
    eventsStored: 0,
    stock: {},
  };
  const versions = new Map<string, number>();
  for await (const event of saleEvents(context)) {
    add(figures, event);
    versions.set(aggregateIdOf(event.streamId), event.sequenceId);
  }
  figures.stock = await stockOf(context, versions);
  return figures;
}

function add(figures: ShopFigures, { name, payload }: StreamEvent): void {
  figures.eventsStored++;
  switch (name as keyof SaleEvents) {
    case 'SaleCreated':
      figures.sales++;
      break;
    case 'OrderCompleted':
      figures.ordersCompleted++;
      figures.unitsSold += (payload as SaleEvents['OrderCompleted']).order.quantity;
      break;
    case 'GoodsReturned':
      figures.returns++;
      figures.unitsReturned += (payload as SaleEvents['GoodsReturned']).quantity;
      break;
    case 'StockAdjusted':
      figures.adjustments++;
      break;
    default:
  }
}

async function stockOf(context: DomainContext, versions: ReadonlyMap<string, number>): Promise<Record<string, number>> {
  const cards = context.views(SaleCard);
  const stock: [code: string, units: number][] = [];
  for (const [saleId, version] of versions) {
    const card = await cards.getOrWaitUntil(saleId, version);
    if (card.version < version)
      throw new Error(`The card of "${saleId}" stands at ${card.version}, its events at ${version}.`);
    stock.push([saleId, card.data?.stock ?? 0]);
  }
  stock.sort(([a], [b]) => (a < b ? -1 : 1));
  // Not assigned one by one: a code may be called __proto__.
  return Object.fromEntries(stock);
}

/** In the order of the whole store where it has one, and sale by sale where it has none. */
async function* saleEvents(context: DomainContext): AsyncGenerator<StreamEvent> {
  const { eventStore } = context;
  if (!eventStore.db.capabilities.readAll) {
    yield* eventsOfSales(context);
    return;
  }
  for (let after: string | undefined; ;) {
    const { events, cursor, hasMore } = await eventStore.readAll(after, PAGE_SIZE);
    for (const event of events) if (aggregateNameOf(event.streamId) === Sale.aggregateName) yield event;
    if (!hasMore) return;
    after = cursor;
  }
}

/** The events of all sales that have a card. */
async function* eventsOfSales(context: DomainContext): AsyncGenerator<StreamEvent> {
  for await (const { id } of context.views(SaleCard).all()) {
    const streamId = streamIdOf(Sale.aggregateName, id);
    for await (const events of context.eventStore.load(streamId)) {
      for (const event of events) yield { ...event, streamId };
    }
  }
}

async function countQueries({ queryStore }: DomainContext, prefix: string): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const page = await queryStore.list({ prefix, after, limit: PAGE_SIZE });
    count += page.length;
    after = page.at(-1)?.id;
    if (after === undefined) return count;
  }
}
