/** The shop's HTTP API. */

/**
 * @typedef {object} Sale
 * @property {string} id
 * @property {number} version
 * @property {string} title
 * @property {string} description
 * @property {number} price
 * @property {number} stock
 * @property {number} available
 * @property {number} sold
 */

/**
 * @typedef {object} Bid
 * @property {string} id
 * @property {string} memberId
 * @property {number} amount
 */

/**
 * @typedef {object} Auction
 * @property {string} id
 * @property {number} version
 * @property {string} title
 * @property {string} description
 * @property {number} minPrice
 * @property {number} leastBid
 * @property {string} startsAt
 * @property {string} endsAt
 * @property {Bid | null} highestBid
 * @property {number} bidCount
 * @property {boolean} hasEnded
 * @property {Bid | null} winner
 */

/**
 * @typedef {object} Order
 * @property {string} id
 * @property {number} quantity
 * @property {number} unitPrice
 * @property {string} placedAt
 */

/**
 * @typedef {object} MemberOrder
 * @property {string} saleId
 * @property {Order} order
 * @property {'pending' | 'cancelled' | 'completed'} status
 */

/**
 * @typedef {object} HistoryEvent
 * @property {number} sequenceId
 * @property {string} date
 * @property {string} name
 * @property {Record<string, unknown>} payload
 * @property {Record<string, unknown>} state
 */

/** @typedef {{ id: string, name: string }} Member */

/** What the shop answered when it said no. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @returns {Promise<{ sales: Sale[] }>} */
export const getSales = () => call('GET', '/api/sales');

/** @returns {Promise<{ auctions: Auction[] }>} */
export const getAuctions = () => call('GET', '/api/auctions');

/** @returns {Promise<{ sales: Sale[] }>} */
export const getBestSellers = () => call('GET', '/api/best-sellers');

/**
 * @param {string} memberId
 * @returns {Promise<Member>}
 */
export const getMember = (memberId) => call('GET', `/api/members/${part(memberId)}`);

/**
 * @param {string} memberId
 * @returns {Promise<{ total: number, orders: MemberOrder[] }>}
 */
export const getOrders = (memberId) => call('GET', `/api/members/${part(memberId)}/orders`);

/**
 * @param {'sales' | 'auctions'} kind
 * @param {string} id
 * @param {number} [before]
 * @returns {Promise<{ events: HistoryEvent[] }>}
 */
export const getHistory = (kind, id, before) =>
  call('GET', `/api/${kind}/${part(id)}/history?limit=100${before === undefined ? '' : `&before=${before}`}`);

/**
 * @param {string} name
 * @returns {Promise<Member>}
 */
export const register = (name) => call('POST', '/api/members', { memberId: crypto.randomUUID(), name });

/**
 * The id is chosen here, so that an order that is sent twice is placed once.
 * @param {string} saleId
 * @param {string} memberId
 * @param {number} quantity
 * @returns {Promise<{ orderId: string, sale: Sale }>}
 */
export const placeOrder = (saleId, memberId, quantity) =>
  call('POST', `/api/sales/${part(saleId)}/orders`, { orderId: crypto.randomUUID(), memberId, quantity });

/**
 * @param {string} saleId
 * @param {string} orderId
 * @param {'cancel' | 'complete'} what
 * @returns {Promise<{ sale: Sale }>}
 */
export const settleOrder = (saleId, orderId, what) =>
  call('POST', `/api/sales/${part(saleId)}/orders/${part(orderId)}/${what}`);

/**
 * @param {string} auctionId
 * @param {string} memberId
 * @param {number} amount
 * @returns {Promise<{ auction: Auction }>}
 */
export const placeBid = (auctionId, memberId, amount) =>
  call('POST', `/api/auctions/${part(auctionId)}/bids`, { bidId: crypto.randomUUID(), memberId, amount });

/** @param {string} id */
function part(id) {
  return encodeURIComponent(id);
}

/**
 * Throws `Refusal` when the shop says no, or cannot be reached.
 * @template Answer
 * @param {string} method
 * @param {string} url
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
async function call(method, url, body) {
  const request =
    body === undefined
      ? { method }
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, request).catch(() => undefined);
  if (response === undefined) throw new Refusal('UNREACHABLE', 'The shop cannot be reached.');
  /** @type {unknown} */
  const answer = await response.json();
  if (response.ok) return /** @type {Answer} */ (answer);
  const { error } = /** @type {{ error: { code: string, message: string } }} */ (answer);
  throw new Refusal(error.code, error.message);
}
