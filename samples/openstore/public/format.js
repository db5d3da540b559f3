/** Texts for people: money, dates, durations. */

const POUNDS = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });
const NUMBER = new Intl.NumberFormat('en-GB');
const TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** @param {number} pence */
export function money(pence) {
  return POUNDS.format(pence / 100);
}

/** @param {number} value */
export function number(value) {
  return NUMBER.format(value);
}

/** @param {string} iso */
export function dateTime(iso) {
  return TIME.format(new Date(iso));
}

/**
 * How long it is until then: `2 h 05 min`, `4 min 09 s`, `8 s`.
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${seconds} s`;
}

/**
 * `OrderPlaced` → `Order placed`; `minPrice` → `Min price`.
 * @param {string} name
 */
export function eventTitle(name) {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * `14 units`, `1 unit`.
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}
