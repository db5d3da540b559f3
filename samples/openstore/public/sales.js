import { placeOrder } from './api.js';
import { art } from './art.js';
import { openDetail } from './detail.js';
import { byId, fill, h, setText } from './dom.js';
import { counted, money, number } from './format.js';
import { whoIsShopping } from './member.js';
import { keep, on, sales } from './store.js';
import { attempt, toast } from './toast.js';

/** @typedef {import('./api.js').Sale} Sale */
/** @typedef {{ element: HTMLElement, update: (sale: Sale) => void }} Card */

/** So many cards are on the page at once; searching finds the others. */
const MOST_SHOWN = 120;

const grid = byId('sale-grid', HTMLElement);
const search = byId('search', HTMLInputElement);
const sort = byId('sort', HTMLSelectElement);
const count = byId('sales-count', HTMLElement);

/** @type {Map<string, Card>} */
const cards = new Map();

/** @type {Record<string, (a: Sale, b: Sale) => number>} */
const ORDERS = {
  title: (a, b) => a.title.localeCompare(b.title),
  price: (a, b) => a.price - b.price,
  sold: (a, b) => b.sold - a.sold,
  available: (a, b) => a.available - b.available,
};

/** Shows the goods, and keeps each card as it is in the shop. */
export function startSales() {
  search.addEventListener('input', arrange);
  sort.addEventListener('change', arrange);
  search.form?.addEventListener('submit', (event) => event.preventDefault());
  on('sales', (id) => {
    const sale = id === undefined ? undefined : sales.get(id);
    const card = id === undefined ? undefined : cards.get(id);
    if (sale !== undefined && card !== undefined) card.update(sale);
    else arrange();
  });
}

function arrange() {
  const words = search.value.toLowerCase().split(/\s+/);
  const found = [...sales.values()].filter(({ title, description, id }) => {
    const text = `${title} ${description} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  found.sort(ORDERS[sort.value]);
  const shown = found.slice(0, MOST_SHOWN);
  fill(grid, ...shown.map((sale) => cardOf(sale).element));
  const more = found.length > shown.length ? `, the first ${shown.length} shown` : '';
  setText(count, found.length === 0 ? 'Nothing like that here.' : `${number(found.length)} on sale${more}`);
}

/** @param {Sale} sale */
function cardOf(sale) {
  const known = cards.get(sale.id);
  if (known !== undefined) {
    known.update(sale);
    return known;
  }
  const made = newCard(sale);
  cards.set(sale.id, made);
  return made;
}

/**
 * @param {Sale} sale
 * @returns {Card}
 */
function newCard({ id, title, description }) {
  const price = h('strong', { class: 'price' });
  const left = h('span', { class: 'left' });
  const quantity = h('input', { type: 'number', min: 1, value: 1, 'aria-label': `How many of ${title}` });
  const submit = h('button', { type: 'submit', class: 'primary' }, 'Order');
  const form = h('form', { class: 'buy', onsubmit: (event) => order(event, id, quantity, submit) }, quantity, submit);
  const element = h(
    'article',
    { class: 'card', 'data-sale': id },
    h('div', { class: 'art' }, art(id)),
    h(
      'div',
      { class: 'card-body' },
      h('h3', {}, h('button', { type: 'button', class: 'title', onclick: () => openDetail('sales', id) }, title)),
      h('p', { class: 'description' }, description),
      h('div', { class: 'facts' }, price, left),
      form,
    ),
  );
  const update = (/** @type {Sale} */ sale) => {
    setText(price, money(sale.price));
    setText(left, sale.available > 0 ? `${number(sale.available)} left` : 'Sold out');
    left.classList.toggle('low', sale.available <= 3);
    quantity.max = String(Math.max(sale.available, 1));
    submit.disabled = sale.available <= 0;
  };
  const sale = sales.get(id);
  if (sale !== undefined) update(sale);
  return { element, update };
}

/**
 * @param {Event} event
 * @param {string} saleId
 * @param {HTMLInputElement} quantity
 * @param {HTMLButtonElement} submit
 */
async function order(event, saleId, quantity, submit) {
  event.preventDefault();
  const memberId = await whoIsShopping();
  if (memberId === undefined) return;
  submit.setAttribute('aria-busy', 'true');
  await attempt(async () => {
    const { sale } = await placeOrder(saleId, memberId, quantity.valueAsNumber);
    keep(sales, sale);
    toast(`Ordered: ${counted(quantity.valueAsNumber, 'unit')} of ${sale.title}.`);
    quantity.value = '1';
  });
  submit.removeAttribute('aria-busy');
}
