/** What this page knows, and who wants to hear of it. */

/** @typedef {import('./api.js').Sale} Sale */
/** @typedef {import('./api.js').Auction} Auction */
/** @typedef {import('./api.js').Member} Member */
/** @typedef {'sales' | 'auctions' | 'member' | 'reload'} Topic */

/** @type {Map<string, Sale>} */
export const sales = new Map();
/** @type {Map<string, Auction>} */
export const auctions = new Map();
/** @type {{ current: Member | undefined }} */
export const member = { current: undefined };

/** @type {Map<Topic, Set<(id?: string) => void>>} */
const listeners = new Map();

/**
 * @param {Topic} topic
 * @param {(id?: string) => void} listener Gets the id of the one thing that has changed; nothing when it may be all.
 */
export function on(topic, listener) {
  const known = listeners.get(topic) ?? new Set();
  listeners.set(topic, known.add(listener));
}

/**
 * @param {Topic} topic
 * @param {string} [id]
 */
export function changed(topic, id) {
  for (const listener of listeners.get(topic) ?? []) listener(id);
}

/**
 * Takes over a card, unless a newer one is known: answers and live updates may overtake each other.
 * @template {Sale | Auction} Card
 * @param {Map<string, Card>} cards
 * @param {Card} card
 */
export function keep(cards, card) {
  const known = cards.get(card.id);
  if (known !== undefined && known.version > card.version) return;
  cards.set(card.id, card);
  changed(/** @type {unknown} */ (cards) === sales ? 'sales' : 'auctions', card.id);
}
