import { getHistory } from './api.js';
import { art } from './art.js';
import { byId, fill, h } from './dom.js';
import { counted, money } from './format.js';
import { orderRow, pendingOrders } from './orders.js';
import { auctions, on, sales } from './store.js';
import { attempt } from './toast.js';
import { eventRow, stateTable } from './timeline.js';

/** @typedef {import('./api.js').HistoryEvent} HistoryEvent */
/** @typedef {'sales' | 'auctions'} Kind */

const dialog = byId('detail', HTMLDialogElement);
const facts = h('p', { class: 'facts' });
const pending = h('div', { class: 'pending' });
const events = h('ol', { class: 'timeline', 'aria-label': 'Events, newest first' });
const state = h('div', { class: 'state-place', 'aria-live': 'polite' });

/** @type {{ kind: Kind, id: string, history: HistoryEvent[], chosen: number | undefined } | undefined} */
let open;

/** Wires the drawer that shows one sale or auction with its history. */
export function startDetail() {
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    open = undefined;
  });
  events.addEventListener('keydown', walk);
  on('sales', (id) => refresh('sales', id));
  on('auctions', (id) => refresh('auctions', id));
}

/**
 * @param {Kind} kind
 * @param {string} id
 */
export async function openDetail(kind, id) {
  const card = kind === 'sales' ? sales.get(id) : auctions.get(id);
  if (card === undefined) return;
  open = { kind, id, history: [], chosen: undefined };
  fill(
    dialog,
    h(
      'header',
      {},
      h('div', { class: 'art' }, art(id)),
      h('div', { class: 'grow' }, h('h2', { id: 'detail-title' }, card.title), h('p', {}, card.description), facts),
      h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => dialog.close() }, '×'),
    ),
    pending,
    h('h3', { class: 'history-title' }, 'History'),
    h('div', { class: 'history' }, events, state),
  );
  fill(events);
  fill(state);
  fill(pending);
  dialog.showModal();
  await load();
}

/**
 * @param {Kind} kind
 * @param {string | undefined} id
 */
function refresh(kind, id) {
  if (open === undefined || open.kind !== kind || (id !== undefined && open.id !== id)) return;
  void load();
}

async function load() {
  const shown = open;
  if (shown === undefined) return;
  await attempt(async () => {
    const { events } = await getHistory(shown.kind, shown.id);
    const waiting = shown.kind === 'sales' ? await pendingOrders(shown.id) : [];
    if (open !== shown) return;
    const older = shown.history.filter(({ sequenceId }) => sequenceId < (events[0]?.sequenceId ?? 0));
    shown.history = [...older, ...events];
    fill(pending, waiting.length > 0 && h('ul', { class: 'orders' }, ...waiting.map(orderRow)));
    show();
  });
}

async function loadOlder() {
  const shown = open;
  const first = shown?.history[0];
  if (shown === undefined || first === undefined) return;
  await attempt(async () => {
    const { events } = await getHistory(shown.kind, shown.id, first.sequenceId);
    shown.history = [...events, ...shown.history];
    if (open === shown) show();
  });
}

function show() {
  if (open === undefined) return;
  const { history, kind, id } = open;
  fill(facts, factsOf(kind, id));
  const chosen = history.find(({ sequenceId }) => sequenceId === open?.chosen) ?? history.at(-1);
  const previous = history.find(({ sequenceId }) => sequenceId === (chosen?.sequenceId ?? 0) - 1);
  const focused = document.activeElement?.getAttribute('data-event');
  const rows = [...history].reverse().map((event) => eventRow(event, event === chosen, () => choose(event.sequenceId)));
  const hasOlder = (history[0]?.sequenceId ?? 1) > 1;
  fill(
    events,
    ...rows,
    hasOlder && h('li', {}, h('button', { type: 'button', class: 'older', onclick: loadOlder }, 'Earlier events')),
  );
  if (chosen !== undefined) fill(state, stateTable(chosen, previous));
  if (focused) focusEvent(Number(focused));
}

/** @param {number} sequenceId */
function choose(sequenceId) {
  if (open === undefined) return;
  // The newest stays the newest when more happens.
  open.chosen = sequenceId === open.history.at(-1)?.sequenceId ? undefined : sequenceId;
  show();
}

/**
 * The arrow keys walk through time.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const step = { ArrowDown: -1, ArrowUp: 1 }[event.key];
  const at = document.activeElement?.getAttribute('data-event');
  if (step === undefined || !at) return;
  event.preventDefault();
  const next = Number(at) + step;
  if (!open?.history.some(({ sequenceId }) => sequenceId === next)) return;
  choose(next);
  focusEvent(next);
}

/** @param {number} sequenceId */
function focusEvent(sequenceId) {
  events.querySelector(`[data-event="${sequenceId}"]`)?.closest('button')?.focus();
}

/**
 * @param {Kind} kind
 * @param {string} id
 */
function factsOf(kind, id) {
  if (kind === 'sales') {
    const sale = sales.get(id);
    return sale && `${money(sale.price)} · ${counted(sale.available, 'unit')} left · ${sale.sold} sold`;
  }
  const auction = auctions.get(id);
  if (auction === undefined) return '';
  const { highestBid, minPrice, bidCount } = auction;
  return highestBid === null
    ? `from ${money(minPrice)} · no bids yet`
    : `${money(highestBid.amount)} · ${counted(bidCount, 'bid')}`;
}
