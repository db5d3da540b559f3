import type { Inbox } from '@ndomain/core';
import type { CallRunner } from './call-runner.ts';

/** An inbox whose calls go wrong as planned: `has` and `add`. */
export class FaultyInbox implements Inbox {
  readonly #inbox: Inbox;
  readonly #plan: CallRunner;

  constructor(inbox: Inbox, plan: CallRunner) {
    this.#inbox = inbox;
    this.#plan = plan;
  }

  has(component: string, messageId: string): Promise<boolean> {
    return this.#plan.run('has', () => this.#inbox.has(component, messageId));
  }

  add(component: string, messageId: string, keepMs: number): Promise<void> {
    return this.#plan.run('add', () => this.#inbox.add(component, messageId, keepMs));
  }
}
