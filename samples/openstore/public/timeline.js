import { h } from './dom.js';
import { counted, dateTime, eventTitle, money } from './format.js';
import { member } from './store.js';

/** @typedef {import('./api.js').HistoryEvent} HistoryEvent */

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
/** Fields of a State that hold money. */
const MONEY = new Set(['price', 'minPrice', 'amount', 'unitPrice']);

/**
 * One event in a list, as a button: choosing it shows the state after it.
 * @param {HistoryEvent} event
 * @param {boolean} isChosen
 * @param {() => void} choose
 */
export function eventRow(event, isChosen, choose) {
  const detail = detailOf(event);
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', 'aria-pressed': isChosen ? 'true' : 'false', 'data-event': event.sequenceId, onclick: choose },
      h('span', { class: 'number' }, String(event.sequenceId)),
      h('b', {}, eventTitle(event.name)),
      detail === '' ? null : h('span', {}, detail),
      h('time', { datetime: event.date }, dateTime(event.date)),
    ),
  );
}

/**
 * The state after an event; what the event has changed stands out.
 * @param {HistoryEvent} event
 * @param {HistoryEvent | undefined} previous
 */
export function stateTable({ sequenceId, name, state }, previous) {
  const before = flat(previous?.state ?? {});
  const rows = Object.entries(flat(state)).map(([field, value]) => {
    const isNew = previous !== undefined && before[field] !== value;
    return h(
      'div',
      { class: isNew ? 'changed' : '' },
      h('dt', {}, labelOf(field)),
      h('dd', {}, value, isNew && before[field] !== undefined && h('s', {}, before[field])),
    );
  });
  return h(
    'div',
    { class: 'state', role: 'region', 'aria-label': 'State after the chosen event', tabindex: 0 },
    h('h3', {}, `State after event ${sequenceId}`),
    h('p', { class: 'faint' }, eventTitle(name)),
    h('dl', {}, ...rows),
  );
}

/** @param {HistoryEvent} event */
function detailOf({ payload }) {
  const order = /** @type {{ quantity: number, unitPrice: number } | undefined} */ (payload['order']);
  if (order) return `${counted(order.quantity, 'unit')} at ${money(order.unitPrice)}`;
  const bid = /** @type {{ amount: number } | undefined} */ (payload['bid']);
  if (bid) return money(bid.amount);
  if (typeof payload['change'] === 'number') return `${payload['change']} units, ${String(payload['reason'])}`;
  if (typeof payload['quantity'] === 'number') return counted(payload['quantity'], 'unit');
  const winner = /** @type {{ amount: number } | null | undefined} */ (payload['winner']);
  if (winner !== undefined) return winner === null ? 'nobody bid' : `for ${money(winner.amount)}`;
  return typeof payload['stock'] === 'number' ? counted(payload['stock'], 'unit') : '';
}

/**
 * Nested members as one row each: `highestBid.amount`.
 * @param {Record<string, unknown>} object
 * @param {string} prefix
 * @returns {Record<string, string>}
 */
function flat(object, prefix = '') {
  /** @type {Record<string, string>} */
  const rows = {};
  for (const [key, value] of Object.entries(object)) {
    if (prefix === 'pendingOrders.') {
      const { quantity } = /** @type {{ quantity: number }} */ (value);
      rows[`pending order ${key.slice(0, 8)}`] = counted(quantity, 'unit');
    } else if (typeof value === 'object' && value !== null) {
      const inner = flat(/** @type {Record<string, unknown>} */ (value), `${prefix}${key}.`);
      if (Object.keys(inner).length === 0) rows[prefix + key] = 'none';
      else Object.assign(rows, inner);
    } else rows[prefix + key] = shown(key, value);
  }
  return rows;
}

/**
 * `highestBid.amount` → `Highest bid: amount`.
 * @param {string} field
 */
function labelOf(field) {
  return field.split('.').map(eventTitle).join(': ');
}

/**
 * @param {string} key
 * @param {unknown} value
 */
function shown(key, value) {
  if (key === 'memberId' && value === member.current?.id) return 'you';
  if (typeof value === 'number' && MONEY.has(key)) return money(value);
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)) return dateTime(value);
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'string') return JSON.stringify(value);
  // Of an id that a machine has made, the beginning is enough to tell it from others.
  return UUID.test(value) ? `${value.slice(0, 8)}…` : value;
}
