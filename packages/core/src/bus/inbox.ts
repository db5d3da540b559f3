import { systemClock, type Clock } from '../kernel/clock.ts';
import { boundedId } from '../kernel/ids.ts';
import type { MessageHandler } from './handling.ts';

/**
 * The seam for remembering which messages a component has handled: for handlers whose effects are outside of aggregates, such as
 * an e-mail or a row in a table of their own. A message that is remembered is acknowledged and not handled again.
 *
 * It narrows the window of a second effect to a crash between the effect and the remembering; an effect in the same database can
 * be made atomic with it by the adapter of that database.
 */
export interface Inbox {
  /** Whether the component has handled the message, as far as is remembered. */
  has(component: string, messageId: string): Promise<boolean>;

  /** Remembers it for `keepMs` milliseconds at least. Doing so again changes nothing. */
  add(component: string, messageId: string, keepMs: number): Promise<void>;
}

const SWEEP_FROM = 1_000;

/** An inbox in memory: the default. */
export class LocalInbox implements Inbox {
  readonly #clock: Clock;
  readonly #keptUntil = new Map<string, number>();
  #sweepAt = SWEEP_FROM;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async has(component: string, messageId: string): Promise<boolean> {
    const until = this.#keptUntil.get(keyOf(component, messageId));
    return until !== undefined && until > this.#clock.monotonic();
  }

  async add(component: string, messageId: string, keepMs: number): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#keptUntil.size >= this.#sweepAt) this.#sweep(now);
    this.#keptUntil.set(keyOf(component, messageId), now + keepMs);
  }

  // When as many were added as had been left, so that each pays for one look.
  #sweep(now: number): void {
    for (const [key, until] of this.#keptUntil) if (until <= now) this.#keptUntil.delete(key);
    this.#sweepAt = Math.max(SWEEP_FROM, this.#keptUntil.size * 2);
  }
}

function keyOf(component: string, messageId: string): string {
  return `${component.length}:${component}${messageId}`;
}

/** Wraps a handler so that a message that was handled is not handled again. */
export function withInbox(handler: MessageHandler, component: string, inbox: Inbox, keepMs: number): MessageHandler {
  return async (payload, context) => {
    const { name, messageId } = context;
    // Two messages that were sent with one id are two.
    const id = boundedId(`${name}/${messageId}`);
    if (await inbox.has(component, id)) return;
    await handler(payload, context);
    context.afterSuccess(() => inbox.add(component, id, keepMs));
  };
}
