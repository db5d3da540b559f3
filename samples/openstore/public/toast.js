import { byId, h } from './dom.js';

const SHOWN_MS = 5000;
const MOST_SHOWN = 3;
const place = byId('toasts', HTMLElement);

/**
 * Says something at the edge of the page, for a while.
 * @param {string} text
 * @param {'good' | 'bad'} [mood]
 */
export function toast(text, mood = 'good') {
  const note = h('p', { class: `toast ${mood}` }, text);
  // Behind an open dialog everything is inert: what is to be read has to be in it.
  const home = document.querySelector('dialog[open]') ?? document.body;
  if (place.parentElement !== home) home.append(place);
  place.append(note);
  while (place.children.length > MOST_SHOWN) place.firstElementChild?.remove();
  setTimeout(() => note.remove(), SHOWN_MS);
}

/**
 * Runs what a user asked for; what the shop refuses is said in its words. Resolves with whether it went well.
 * @param {() => Promise<unknown>} action
 */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'bad');
    return false;
  }
}
