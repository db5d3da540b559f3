import { getMember, Refusal, register } from './api.js';
import { byId, setText } from './dom.js';
import { changed, member, on } from './store.js';
import { toast } from './toast.js';

const KEY = 'openstore.member';
const dialog = byId('sign-in', HTMLDialogElement);
const button = byId('member', HTMLButtonElement);
const nameField = byId('name', HTMLInputElement);
const problem = byId('name-error', HTMLElement);

/** @type {((isSignedIn: boolean) => void) | undefined} */
let answered;

/** Wires the button and the dialog, and remembers who was here before. */
export async function startMember() {
  on('member', () => setText(button, member.current?.name ?? 'Sign in'));
  button.addEventListener('click', () => void signIn());
  byId('sign-in-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => answered?.(member.current !== undefined));
  dialog.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  const known = localStorage.getItem(KEY);
  if (known === null) return;
  try {
    become(await getMember(known));
  } catch (error) {
    // A shop in memory forgets its members when it is closed.
    if (error instanceof Refusal && error.code === 'MEMBER_NOT_FOUND') localStorage.removeItem(KEY);
  }
}

/**
 * The id of whoever is shopping; asks when nobody is known. Undefined when they would rather not say.
 * @returns {Promise<string | undefined>}
 */
export async function whoIsShopping() {
  if (member.current === undefined) await signIn();
  return member.current?.id;
}

/** @returns {Promise<boolean>} */
function signIn() {
  problem.textContent = '';
  nameField.value = member.current?.name ?? '';
  dialog.showModal();
  nameField.select();
  return new Promise((resolve) => {
    answered = resolve;
  });
}

async function submit() {
  try {
    const name = nameField.value.trim();
    if (name !== member.current?.name) become(await register(name));
    dialog.close();
    toast(`Welcome, ${name}.`);
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** @param {import('./api.js').Member} who */
function become(who) {
  member.current = who;
  localStorage.setItem(KEY, who.id);
  changed('member');
}
