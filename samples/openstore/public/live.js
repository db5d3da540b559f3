import { byId, fill, h, setText } from './dom.js';
import { eventTitle } from './format.js';
import { auctions, changed, keep, sales } from './store.js';

/** @typedef {import('./api.js').Sale} Sale */
/** @typedef {import('./api.js').Auction} Auction */

const MOST_SHOWN = 5;
const light = byId('live', HTMLElement);
const list = byId('activity', HTMLElement);

/** Listens to what happens in the shop. */
export function startLive() {
  fill(list, h('li', { class: 'faint' }, 'Quiet so far. Order something, or bid.'));
  const source = new EventSource('/api/live');
  let wasLost = false;
  source.addEventListener('open', () => {
    show('live', true);
    // What happened while nobody listened is not sent again.
    if (wasLost) changed('reload');
    wasLost = false;
  });
  source.addEventListener('error', () => {
    wasLost = true;
    show('offline', false);
  });
  source.addEventListener('reload', () => changed('reload'));
  source.addEventListener('sale', (message) => {
    const { event, card } = /** @type {{ event: string, card: Sale }} */ (newsIn(message));
    note(event, card.title);
    keep(sales, card);
  });
  source.addEventListener('auction', (message) => {
    const { event, card } = /** @type {{ event: string, card: Auction }} */ (newsIn(message));
    note(event, card.title);
    keep(auctions, card);
  });
}

/**
 * @param {MessageEvent<unknown>} message
 * @returns {unknown}
 */
function newsIn({ data }) {
  return JSON.parse(String(data));
}

/**
 * @param {string} text
 * @param {boolean} isOn
 */
function show(text, isOn) {
  setText(light, text);
  light.classList.toggle('on', isOn);
}

/**
 * @param {string} event
 * @param {string} title
 */
function note(event, title) {
  list.querySelector('.faint')?.remove();
  const time = new Date().toLocaleTimeString('en-GB');
  list.prepend(h('li', {}, h('b', {}, eventTitle(event)), h('span', {}, title), h('time', {}, time)));
  while (list.children.length > MOST_SHOWN) list.lastElementChild?.remove();
}
