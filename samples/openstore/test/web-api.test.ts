import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuctionCard } from '../src/read-models/auction-card.ts';
import { openAuction, openWebShop, type WebShop } from './support/web-shop.ts';

let shop: WebShop;

beforeEach(async () => {
  shop = await openWebShop();
  await post('/api/members', { memberId: 'ann', name: 'Ann' });
});

afterEach(() => shop[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function get(url: string): Promise<Answer> {
  const response = await shop.app.inject({ method: 'GET', url });
  return { status: response.statusCode, body: response.json() };
}

async function post(url: string, payload?: object): Promise<Answer> {
  const response = await shop.app.inject({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
  return { status: response.statusCode, body: response.json() };
}

describe('the HTTP API', () => {
  it('places, completes and cancels orders, and answers with the sale as it is then', async () => {
    const placed = await post('/api/sales/ink-well/orders', { orderId: '1', memberId: 'ann', quantity: 2 });
    expect(placed).toMatchObject({ status: 201, body: { orderId: '1', sale: { stock: 3, available: 1 } } });
    const completed = await post('/api/sales/ink-well/orders/1/complete');
    expect(completed).toMatchObject({ status: 200, body: { sale: { stock: 1, available: 1, sold: 2 } } });
    await post('/api/sales/ink-well/orders', { orderId: '2', memberId: 'ann', quantity: 1 });
    const cancelled = await post('/api/sales/ink-well/orders/2/cancel');
    expect(cancelled).toMatchObject({ status: 200, body: { sale: { available: 1 } } });
    expect(await get('/api/members/ann/orders')).toMatchObject({
      body: {
        total: 2,
        orders: [
          { order: { id: '2' }, status: 'cancelled' },
          { order: { id: '1' }, status: 'completed' },
        ],
      },
    });
    expect(await get('/api/best-sellers?limit=1')).toMatchObject({ body: { sales: [{ id: 'ink-well', sold: 2 }] } });
  });

  it('places an order once that is sent twice', async () => {
    const order = { orderId: '1', memberId: 'ann', quantity: 2 };
    const answers = await Promise.all([1, 2, 3].map(() => post('/api/sales/ink-well/orders', order)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 201, body: { sale: { available: 1 } } });
    expect(await get('/api/sales/ink-well/history')).toMatchObject({ body: { events: { length: 2 } } });
  });

  it('says which rule was in the way', async () => {
    expect(await post('/api/sales/ink-well/orders', { orderId: '1', quantity: 4 })).toEqual({
      status: 409,
      body: { error: { code: 'OUT_OF_STOCK', message: '4 wanted, 3 available.' } },
    });
    expect(await post('/api/sales/ink-well/orders/1/complete')).toMatchObject({
      status: 409,
      body: { error: { code: 'OUT_OF_STOCK' } },
    });
    expect(await post('/api/sales/ink-well/orders/none/cancel')).toMatchObject({
      status: 409,
      body: { error: { code: 'ORDER_NOT_PENDING' } },
    });
    expect(await post('/api/sales/ink-well/orders', { memberId: 'bob', quantity: 1 })).toMatchObject({
      status: 422,
      body: { error: { code: 'MEMBER_UNKNOWN' } },
    });
    expect(await post('/api/auctions/ship-model/bids', { memberId: 'ann', amount: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: 'BID_TOO_LOW' } },
    });
    expect(await post('/api/auctions/map-of-wells/bids', { memberId: 'ann', amount: 9_000 })).toMatchObject({
      status: 409,
      body: { error: { code: 'AUCTION_NOT_RUNNING' } },
    });
    expect(await post('/api/members', { memberId: 'ann', name: 'Other' })).toMatchObject({
      status: 409,
      body: { error: { code: 'MEMBER_ALREADY_REGISTERED' } },
    });
  });

  it.each([
    [{}, 'quantity'],
    [{ quantity: '2' }, 'quantity'],
    [{ quantity: 0 }, 'quantity'],
    [{ quantity: 1.5 }, 'quantity'],
    [{ quantity: 1, memberId: '' }, 'memberId'],
    [{ quantity: 1, colour: 'red' }, 'colour'],
  ])('refuses %o, and names the field', async (payload, field) => {
    const answer = await post('/api/sales/ink-well/orders', payload);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_INPUT', field } } });
  });

  it('does not know what is not there', async () => {
    expect(await get('/api/sales/nothing')).toMatchObject({ status: 404, body: { error: { code: 'SALE_NOT_FOUND' } } });
    expect(await get('/api/sales/nothing/history')).toMatchObject({ status: 404 });
    expect(await get('/api/auctions/nothing')).toMatchObject({ status: 404 });
    expect(await post('/api/sales/nothing/orders', { quantity: 1 })).toMatchObject({ status: 404 });
    expect(await get('/api/members/nobody')).toMatchObject({ status: 404 });
    expect(await get('/nothing')).toMatchObject({ status: 404, body: { error: { code: 'NOT_FOUND' } } });
    expect(await get('/api/sales/ink-well/history?limit=lots')).toMatchObject({ status: 400 });
  });

  it('tells the history event by event, with the state after each of them', async () => {
    await post('/api/sales/ink-well/orders', { orderId: '1', memberId: 'ann', quantity: 2 });
    await post('/api/sales/ink-well/orders/1/complete');
    expect(await get('/api/sales/ink-well/history')).toMatchObject({
      body: {
        events: [
          { sequenceId: 1, name: 'SaleCreated', state: { stock: 3, reserved: 0, pendingOrders: {} } },
          {
            sequenceId: 2,
            name: 'OrderPlaced',
            state: { stock: 3, reserved: 2, pendingOrders: { '1': { quantity: 2 } } },
          },
          { sequenceId: 3, name: 'OrderCompleted', state: { stock: 1, reserved: 0, pendingOrders: {} } },
        ],
      },
    });
    expect(await get('/api/sales/ink-well/history?before=3&limit=1')).toMatchObject({
      body: { events: [{ sequenceId: 2 }] },
    });
  });

  it('ends an auction by itself when its time is up', async () => {
    await openAuction(shop.context, 'quick', 400);
    const bid = await post('/api/auctions/quick/bids', { bidId: 'b', memberId: 'ann', amount: 250 });
    expect(bid).toMatchObject({ status: 201, body: { auction: { highestBid: { amount: 250 }, leastBid: 251 } } });
    const { data } = await shop.context.views(AuctionCard).getOrWaitUntil('quick', 3);
    expect(data).toMatchObject({ hasEnded: true, winner: { memberId: 'ann', amount: 250 } });
  });
});
