/** How many are remembered: as many as NServiceBus remembers on the queues of Azure, which have no better way either. */
const CAPACITY = 1_000;

/**
 * G7: messages that were handled but whose commit failed. When they come back to this process they are only acknowledged. (When
 * they come back to another, the ids derived from them keep the effect single.)
 */
export class LateAcknowledgements {
  readonly #ids = new Set<string>();

  add(component: string, messageId: string): void {
    this.#ids.add(`${messageId}\n${component}`);
    if (this.#ids.size <= CAPACITY) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Tells whether a message was handled, and forgets it. */
  take(component: string, messageId: string): boolean {
    return this.#ids.size > 0 && this.#ids.delete(`${messageId}\n${component}`);
  }
}
