import { copy } from '../../kernel/payload.ts';
import type { TransportMessage } from '../message.ts';
import { orderingKeyOf } from '../ordering-key.ts';
import type { DeadLetter, DeadLetterReason, DeadLetters } from './dead-letters.ts';
import type { LocalQueue } from './local-queue.ts';

interface LocalDeadLetter extends DeadLetter {
  readonly message: TransportMessage;
}

/** Dead letters in memory, beside the queue that they came from. */
export class LocalDeadLetters implements DeadLetters {
  readonly #endpoint: string;
  readonly #queueOf: (partition: number | undefined) => LocalQueue;
  readonly #letters = new Map<string, LocalDeadLetter>();
  #added = 0;

  constructor(endpoint: string, queueOf: (partition: number | undefined) => LocalQueue) {
    this.#endpoint = endpoint;
    this.#queueOf = queueOf;
  }

  add(message: TransportMessage, reason: DeadLetterReason): void {
    // In order of adding, so that a page goes on behind a letter also when that one is gone.
    const id = String(++this.#added).padStart(12, '0');
    this.#letters.set(id, { id, endpoint: this.#endpoint, reason, message });
  }

  async count(): Promise<number> {
    return this.#letters.size;
  }

  async list({ after, limit }: { after?: string | undefined; limit: number }): Promise<readonly DeadLetter[]> {
    const letters = [...this.#letters.values()];
    const rest = after === undefined ? letters : letters.filter(({ id }) => id > after);
    return rest.slice(0, limit).map((letter) => copy(letter));
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return copy(this.#letters.get(id));
  }

  async keys(): Promise<readonly string[]> {
    const keys = new Set<string>();
    for (const { message } of this.#letters.values()) {
      const key = orderingKeyOf(message);
      if (key !== undefined) keys.add(key);
    }
    return [...keys];
  }

  async retry(ids: readonly string[] | 'all'): Promise<number> {
    const letters = this.#take(ids);
    const queues = new Set<LocalQueue>();
    // Backwards, because each one goes to the front.
    for (const { message } of letters.toReversed()) {
      const queue = this.#queueOf(message.partition);
      queue.putFirst({ ...message, deliverAt: undefined });
      queues.add(queue);
    }
    for (const queue of queues) queue.wake();
    return letters.length;
  }

  async purge(ids: readonly string[] | 'all'): Promise<number> {
    return this.#take(ids).length;
  }

  /** In the order in which they were given up, whatever the order of the ids. */
  #take(ids: readonly string[] | 'all'): LocalDeadLetter[] {
    const wanted = ids === 'all' ? undefined : new Set(ids);
    const taken = [...this.#letters.values()].filter(({ id }) => wanted?.has(id) ?? true);
    for (const { id } of taken) this.#letters.delete(id);
    return taken;
  }
}
