import { systemClock, type Timer } from '@ndomain/core';
import type { Client } from '../../connection/clients.ts';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import { Bell } from './bell.ts';
import { SIGNALS_KEPT } from './scripts/lua.ts';

/** How long one read waits, in milliseconds: two reads a minute while nothing happens. */
const BLOCK_MS = 30_000;
/** A read that is not answered so much later is on a connection that has died without a word. */
const GRACE_MS = 5_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hears what is sent to one endpoint, by a read that blocks on a connection of its own, for all receivers of all its queues in this process. Signals
 * are kept in a stream, so what comes between two reads, or while the connection is away, is not missed; after that all receivers look for
 * themselves too, in case the stream was lost.
 */
export class Signals {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #bells = new Map<string, Bell>();
  readonly #stop = new AbortController();
  #lastId: string | undefined;
  #client: Client | undefined;

  constructor(connection: RedisConnection, key: string) {
    this.#connection = connection;
    this.#key = key;
  }

  /** The bell of a queue. */
  bell(queue: string): Bell {
    let bell = this.#bells.get(queue);
    if (bell === undefined) this.#bells.set(queue, (bell = new Bell()));
    return bell;
  }

  /** Begins to listen, if it has not: from behind a signal that somebody has seen. */
  listen(lastId: string): void {
    if (this.#lastId !== undefined) return;
    this.#lastId = lastId;
    void this.#run();
  }

  /** Ends at once: a connection that is being made is closed when it is there. */
  close(): void {
    this.#stop.abort();
    this.#disconnect();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted;) {
      try {
        const client = await this.#connected();
        await this.#read(client);
        pauseMs = FIRST_PAUSE_MS;
      } catch {
        // Whoever waits looks for itself, and hears from its own connection what is wrong.
        this.#disconnect();
        this.#ringAll();
        await this.#pause(pauseMs * (0.5 + Math.random() / 2));
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#stop;
      const done = (): void => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = systemClock.schedule(ms, done, { background: true });
      if (signal.aborted) return done();
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async #connected(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const client = await this.#connection.blocking();
    this.#client = client;
    if (this.#stop.signal.aborted) this.#disconnect();
    return client;
  }

  #disconnect(): void {
    if (this.#client !== undefined) this.#connection.release(this.#client);
    this.#client = undefined;
  }

  async #read(client: Client): Promise<void> {
    const guard: Timer = systemClock.schedule(BLOCK_MS + GRACE_MS, () => this.#disconnect(), { background: true });
    try {
      const answer = await client.xread('BLOCK', BLOCK_MS, 'STREAMS', this.#key, this.#lastId ?? '0-0');
      if (answer !== null) this.#hear(answer[0]?.[1] ?? []);
    } finally {
      guard.cancel();
    }
  }

  #hear(entries: readonly [id: string, fields: readonly string[]][]): void {
    this.#lastId = entries.at(-1)?.[0] ?? this.#lastId;
    // The oldest are dropped, so there may have been more.
    if (entries.length >= SIGNALS_KEPT) return this.#ringAll();
    for (const queue of new Set(entries.map(([, [, name]]) => name))) {
      if (queue !== undefined) this.#bells.get(queue)?.ring();
    }
  }

  #ringAll(): void {
    for (const bell of this.#bells.values()) bell.ring();
  }
}
