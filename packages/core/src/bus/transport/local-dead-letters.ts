import { copy } from '../../kernel/payload.ts';
import type { TransportMessage } from '../message.ts';
import type { DeadLetter, DeadLetterReason, DeadLetters } from './dead-letters.ts';
import type { LocalQueue } from './local-queue.ts';

interface LocalDeadLetter extends DeadLetter {
  readonly message: TransportMessage;
}

/** Dead letters in memory, beside the queue that they came from. */
export class LocalDeadLetters implements DeadLetters {
  readonly #endpoint: string;
  readonly #queue: LocalQueue;
  readonly #letters = new Map<string, LocalDeadLetter>();
  #added = 0;

  constructor(endpoint: string, queue: LocalQueue) {
    this.#endpoint = endpoint;
    this.#queue = queue;
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

  async retry(ids: readonly string[] | 'all'): Promise<number> {
    const letters = this.#take(ids);
    for (const { message } of letters) this.#queue.put({ ...message, deliverAt: undefined });
    this.#queue.wake();
    return letters.length;
  }

  async purge(ids: readonly string[] | 'all'): Promise<number> {
    return this.#take(ids).length;
  }

  #take(ids: readonly string[] | 'all'): LocalDeadLetter[] {
    const taken: LocalDeadLetter[] = [];
    for (const id of ids === 'all' ? [...this.#letters.keys()] : ids) {
      const letter = this.#letters.get(id);
      if (letter === undefined) continue;
      this.#letters.delete(id);
      taken.push(letter);
    }
    return taken;
  }
}
