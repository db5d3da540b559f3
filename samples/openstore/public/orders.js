import { getOrders, settleOrder } from './api.js';
import { byId, fill, h } from './dom.js';
import { counted, dateTime, money, number } from './format.js';
import { keep, member, on, sales } from './store.js';
import { attempt, toast } from './toast.js';

/** @typedef {import('./api.js').MemberOrder} MemberOrder */

const list = byId('order-list', HTMLElement);

/** Shows the orders of whoever is shopping. */
export function startOrders() {
  on('member', () => void show());
  on('sales', () => later());
  void show();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

// Many sales may change at once: one look at the orders is enough.
function later() {
  timer ??= setTimeout(() => {
    timer = undefined;
    void show();
  }, 100);
}

/**
 * The orders that a member has not got yet, of one sale.
 * @param {string} saleId
 * @returns {Promise<MemberOrder[]>}
 */
export async function pendingOrders(saleId) {
  if (member.current === undefined) return [];
  const { orders } = await getOrders(member.current.id);
  return orders.filter((order) => order.saleId === saleId && order.status === 'pending');
}

async function show() {
  const who = member.current;
  if (who === undefined) {
    fill(list, h('p', { class: 'faint' }, 'Sign in, and what you order is listed here.'));
    return;
  }
  const { orders, total } = await getOrders(who.id).catch(() => ({ orders: [], total: 0 }));
  if (orders.length === 0) {
    fill(list, h('p', { class: 'faint' }, 'Nothing ordered yet.'));
    return;
  }
  const focused = document.activeElement?.getAttribute('data-key');
  const more =
    total > orders.length ? h('p', { class: 'faint' }, `and ${number(total - orders.length)} older ones`) : null;
  fill(list, h('ul', { class: 'orders' }, ...orders.map(orderRow)), more);
  if (focused)
    list
      .querySelector(`[data-key="${CSS.escape(focused)}"]`)
      ?.closest('button')
      ?.focus();
}

/**
 * One order, with what can be done about it.
 * @param {MemberOrder} entry
 */
export function orderRow({ saleId, order, status }) {
  const title = sales.get(saleId)?.title ?? saleId;
  const act = async (/** @type {'cancel' | 'complete'} */ what) => {
    await attempt(async () => {
      const { sale } = await settleOrder(saleId, order.id, what);
      toast(what === 'cancel' ? `Cancelled: ${title}.` : `Completed: ${title} is on its way.`);
      keep(sales, sale);
    });
  };
  return h(
    'li',
    { 'data-order': order.id },
    h(
      'div',
      { class: 'grow' },
      h('b', {}, title),
      h('span', { class: 'faint' }, `${counted(order.quantity, 'unit')} · ${dateTime(order.placedAt)}`),
    ),
    h('span', { class: 'sum' }, money(order.quantity * order.unitPrice)),
    h('span', { class: `chip ${status}` }, status),
    status === 'pending' &&
      h(
        'span',
        { class: 'actions' },
        h('button', { type: 'button', 'data-key': `${order.id}:complete`, onclick: () => act('complete') }, 'Complete'),
        h(
          'button',
          { type: 'button', class: 'quiet', 'data-key': `${order.id}:cancel`, onclick: () => act('cancel') },
          'Cancel',
        ),
      ),
  );
}
