import { newId, type Clock, type Timer } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { WAIT } from './query-scripts.ts';

interface Waiter {
  readonly version: number;
  readonly wake: () => void;
}

/**
 * How often those who wait look, should the channel have lost a word; and how long Redis remembers them after the last look, so that a
 * process that died is forgotten.
 */
const LOOK_EVERY_MS = 5_000;
const REMEMBER_MS = 3 * LOOK_EVERY_MS;

/**
 * Those in this process who wait for versions of read models. Each id that is waited for is noted in Redis with this process's channel,
 * in the same step as its version is read: so the write that reaches it either was there, or tells us.
 */
export class QueryWaiters {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #channel: string;
  readonly #waiters = new Map<string, Set<Waiter>>();
  #listening: Promise<unknown> | undefined;
  #nextLook: Timer | undefined;

  constructor(connection: RedisConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#channel = connection.keys.queryReached(newId());
  }

  /** Resolves when the version was reached, the time is over or the signal aborted: the caller looks which. */
  async wait(id: string, version: number, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const waiter: Waiter = { version, wake };
    const timer = this.#clock.schedule(timeoutMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
    this.#add(id, waiter);
    try {
      await Promise.race([woken, this.#listenAndLook(id).then(() => woken)]);
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      this.#remove(id, waiter);
    }
  }

  async #listenAndLook(id: string): Promise<void> {
    await (this.#listening ??= this.#listen());
    await this.#look(id);
  }

  async #listen(): Promise<unknown> {
    try {
      return await this.#connection.listen(this.#channel, {
        onMessage: (id) => void this.#lookQuietly(id),
        onGap: this.#lookAtAll,
      });
    } catch (error) {
      this.#listening = undefined;
      throw error;
    }
  }

  /** Wakes those whose version is there, and has Redis tell when the next is. */
  async #look(id: string): Promise<void> {
    const { keys } = this.#connection;
    for (;;) {
      const wanted = this.#lowestWanted(id);
      if (wanted === undefined) return;
      const args = [wanted, this.#channel, REMEMBER_MS];
      const version = Number(await this.#connection.run(WAIT, [keys.query(id), keys.queryWaiters(id)], args));
      for (const waiter of this.#waiters.get(id) ?? []) if (waiter.version <= version) this.#wake(id, waiter);
      // Below it, Redis has noted what is wanted. Beyond it, somebody may wait for yet more.
      if (version < wanted) return;
    }
  }

  async #lookQuietly(id: string): Promise<void> {
    try {
      await this.#look(id);
    } catch {
      // Redis is away: those who wait look again, and end in time.
    }
  }

  readonly #lookAtAll = (): void => {
    for (const id of this.#waiters.keys()) void this.#lookQuietly(id);
    this.#nextLook = undefined;
    this.#lookLater();
  };

  #lookLater(): void {
    if (this.#waiters.size === 0) return;
    this.#nextLook ??= this.#clock.schedule(LOOK_EVERY_MS, this.#lookAtAll, { background: true });
  }

  #lowestWanted(id: string): number | undefined {
    let lowest: number | undefined;
    for (const { version } of this.#waiters.get(id) ?? []) {
      if (lowest === undefined || version < lowest) lowest = version;
    }
    return lowest;
  }

  #wake(id: string, waiter: Waiter): void {
    this.#remove(id, waiter);
    waiter.wake();
  }

  #add(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    if (waiters === undefined) this.#waiters.set(id, new Set([waiter]));
    else waiters.add(waiter);
    this.#lookLater();
  }

  #remove(id: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(id);
    if (this.#waiters.size > 0) return;
    this.#nextLook?.cancel();
    this.#nextLook = undefined;
  }
}
