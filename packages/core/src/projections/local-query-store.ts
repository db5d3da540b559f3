import { systemClock, type Clock } from '../kernel/clock.ts';
import { copy, copyAgain } from '../kernel/payload.ts';
import type { Query, QueryPage, QueryStore } from './query-store.ts';

interface Stored {
  readonly version: number;
  readonly data: unknown;
}

interface Waiter {
  readonly version: number;
  readonly wake: () => void;
}

/** Read models in memory: the default. Waiting for a version costs nothing until it is there. */
export class LocalQueryStore implements QueryStore {
  readonly #queries = new Map<string, Stored>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #clock: Clock;
  // Made when somebody lists, and forgotten when an id is added.
  #sortedIds: readonly string[] | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async get(id: string): Promise<Query> {
    return this.#read(id);
  }

  async getOrWaitUntil(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<Query> {
    if ((this.#queries.get(id)?.version ?? 0) < version) await this.#wait(id, version, timeoutMs, signal);
    return this.#read(id);
  }

  async set(id: string, expectedVersion: number, version: number, data: unknown): Promise<boolean> {
    const known = this.#queries.get(id);
    if ((known?.version ?? 0) !== expectedVersion) return false;
    this.#queries.set(id, { version, data: copy(data ?? null) });
    if (known === undefined) this.#sortedIds = undefined;
    for (const waiter of this.#waiters.get(id) ?? []) if (waiter.version <= version) waiter.wake();
    return true;
  }

  async list({ prefix, after, limit }: QueryPage): Promise<readonly Query[]> {
    this.#sortedIds ??= [...this.#queries.keys()].sort();
    const ids = this.#sortedIds;
    const found: Query[] = [];
    for (let i = firstAtLeast(ids, after ?? prefix); i < ids.length && found.length < limit; i++) {
      const id = ids[i];
      if (id === undefined || (id > prefix && !id.startsWith(prefix))) break;
      if (id.startsWith(prefix) && id !== after) found.push(this.#read(id));
    }
    return found;
  }

  #read(id: string): Query {
    const stored = this.#queries.get(id);
    return { id, version: stored?.version ?? 0, data: copyAgain(stored?.data) };
  }

  #wait(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(id) ?? new Set<Waiter>();
      this.#waiters.set(id, waiters);
      const wake = (): void => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(id);
        timer.cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const waiter: Waiter = { version, wake };
      waiters.add(waiter);
      const timer = this.#clock.schedule(timeoutMs, wake);
      signal?.addEventListener('abort', wake, { once: true });
      if (signal?.aborted === true) wake();
    });
  }
}

/** Index of the first of the sorted ids that is not before `bound`. */
function firstAtLeast(ids: readonly string[], bound: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const id = ids[middle];
    if (id !== undefined && id < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
