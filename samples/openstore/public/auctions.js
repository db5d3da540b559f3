import { placeBid } from './api.js';
import { art } from './art.js';
import { openDetail } from './detail.js';
import { byId, fill, h, setText } from './dom.js';
import { counted, duration, money } from './format.js';
import { whoIsShopping } from './member.js';
import { auctions, keep, member, on } from './store.js';
import { attempt, toast } from './toast.js';

/** @typedef {import('./api.js').Auction} Auction */
/** @typedef {{ element: HTMLElement, update: (auction: Auction) => void }} Card */

const grid = byId('auction-grid', HTMLElement);
/** @type {Map<string, Card>} */
const cards = new Map();

/** Shows the auctions, with the time that is left. */
export function startAuctions() {
  const updateAll = () => {
    for (const [id, card] of cards) {
      const auction = auctions.get(id);
      if (auction !== undefined) card.update(auction);
    }
  };
  on('auctions', (id) => {
    const auction = id === undefined ? undefined : auctions.get(id);
    const card = id === undefined ? undefined : cards.get(id);
    if (auction !== undefined && card !== undefined) card.update(auction);
    else arrange();
  });
  on('member', updateAll);
  setInterval(updateAll, 1000);
}

function arrange() {
  const inOrder = [...auctions.values()].sort((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
  fill(
    grid,
    ...inOrder.map((auction) => {
      const card = cards.get(auction.id) ?? newCard(auction);
      cards.set(auction.id, card);
      card.update(auction);
      return card.element;
    }),
  );
}

/**
 * @param {Auction} auction
 * @returns {Card}
 */
function newCard({ id, title, description }) {
  const clock = h('span', { class: 'clock' });
  const price = h('strong', { class: 'price' });
  const bids = h('span', { class: 'left' });
  const mine = h('span', { class: 'chip mine', hidden: true }, 'You lead');
  const amount = h('input', { type: 'number', step: '0.01', 'aria-label': `Your bid for ${title}, in pounds` });
  const submit = h('button', { type: 'submit', class: 'primary' }, 'Bid');
  const form = h('form', { class: 'buy', onsubmit: (event) => bid(event, id, amount, submit) }, amount, submit);
  const element = h(
    'article',
    { class: 'card lot', 'data-auction': id },
    h('div', { class: 'art' }, art(id), clock),
    h(
      'div',
      { class: 'card-body' },
      h('h3', {}, h('button', { type: 'button', class: 'title', onclick: () => openDetail('auctions', id) }, title)),
      h('p', { class: 'description' }, description),
      h('div', { class: 'facts' }, price, bids, mine),
      form,
    ),
  );
  const update = (/** @type {Auction} */ auction) => {
    const phase = phaseOf(auction);
    const isMine = auction.highestBid !== null && auction.highestBid.memberId === member.current?.id;
    setText(clock, clockText(auction, phase));
    clock.classList.toggle('soon', phase === 'running' && Date.parse(auction.endsAt) - Date.now() < 60_000);
    setText(price, money(auction.highestBid?.amount ?? auction.minPrice));
    setText(bids, bidsText(auction, phase));
    setText(mine, phase === 'ended' ? 'You won' : 'You lead');
    mine.hidden = !isMine;
    form.hidden = phase === 'ended';
    submit.disabled = phase !== 'running';
    const least = (auction.leastBid / 100).toFixed(2);
    if (amount.min !== least) {
      amount.min = least;
      if (document.activeElement !== amount) amount.value = least;
    }
  };
  return { element, update };
}

/** @param {Auction} auction */
function phaseOf({ startsAt, endsAt, hasEnded }) {
  if (hasEnded || Date.parse(endsAt) <= Date.now()) return 'ended';
  return Date.parse(startsAt) > Date.now() ? 'ahead' : 'running';
}

/**
 * @param {Auction} auction
 * @param {string} phase
 */
function clockText({ startsAt, endsAt }, phase) {
  if (phase === 'ended') return 'Ended';
  if (phase === 'ahead') return `Starts in ${duration(Date.parse(startsAt) - Date.now())}`;
  return `${duration(Date.parse(endsAt) - Date.now())} left`;
}

/**
 * @param {Auction} auction
 * @param {string} phase
 */
function bidsText({ bidCount }, phase) {
  if (bidCount > 0) return counted(bidCount, 'bid');
  return phase === 'ended' ? 'no bids' : 'first bid';
}

/**
 * @param {Event} event
 * @param {string} auctionId
 * @param {HTMLInputElement} amount
 * @param {HTMLButtonElement} submit
 */
async function bid(event, auctionId, amount, submit) {
  event.preventDefault();
  const pence = Math.round(amount.valueAsNumber * 100);
  const memberId = await whoIsShopping();
  if (memberId === undefined) return;
  submit.setAttribute('aria-busy', 'true');
  await attempt(async () => {
    const { auction } = await placeBid(auctionId, memberId, pence);
    keep(auctions, auction);
    amount.value = amount.min;
    toast(`Your bid for ${auction.title}: ${money(pence)}.`);
  });
  submit.removeAttribute('aria-busy');
}
