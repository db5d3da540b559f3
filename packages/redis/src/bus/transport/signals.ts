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
const FROM_THE_FIRST = '0-0';

/** Who is told how it is with {@link Signals}. */
export interface SignalsWatcher {
  /** What is sent is not heard. Called again when the reason is another one. */
  readonly onProblem: (problem: unknown) => void;
  /** It is heard again. */
  readonly onHearing: () => void;
}

/**
 * Hears what is sent to one endpoint, by a read that blocks on a connection of its own, for all receivers of all its queues in this process. Signals
 * are kept in a stream, so what comes between two reads, or while the connection is away, is not missed; after that all receivers look for
 * themselves too, in case the stream was lost.
 */
export class Signals {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #watcher: SignalsWatcher;
  readonly #bells = new Map<string, Bell>();
  readonly #stop = new AbortController();
  #lastId: string | undefined;
  #client: Client | undefined;
  #isFailing = false;

  constructor(connection: RedisConnection, key: string, watcher: SignalsWatcher) {
    this.#connection = connection;
    this.#key = key;
    this.#watcher = watcher;
  }

  /** Whether what is sent is not heard, for some reason that has not passed yet. */
  get isFailing(): boolean {
    return this.#isFailing;
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

  /**
   * The server has failed somebody else: the connection that waits may be dead without knowing it, so it is made anew. Begins to listen, if it has
   * not, because this is what notices that the server is back, also when nobody asks for messages.
   */
  doubt(): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#disconnect();
    this.listen(FROM_THE_FIRST);
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
        if (this.#isFailing) await this.#readAgain(client);
        await this.#read(client, BLOCK_MS);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        this.#disconnect();
        if (signal.aborted) return;
        this.#isFailing = true;
        this.#watcher.onProblem(this.#connection.translated(error, 0));
        // Whoever waits looks for itself, and hears from its own connection what is wrong.
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

  /** Its answer, which does not wait for a signal, tells that what is sent is heard from here on. */
  async #readAgain(client: Client): Promise<void> {
    await this.#read(client, 0);
    this.#isFailing = false;
    this.#watcher.onHearing();
  }

  async #read(client: Client, blockMs: number): Promise<void> {
    const guard: Timer = systemClock.schedule(blockMs + GRACE_MS, () => this.#disconnect(), { background: true });
    const from = this.#lastId ?? FROM_THE_FIRST;
    try {
      const answer =
        blockMs > 0
          ? await client.xread('BLOCK', blockMs, 'STREAMS', this.#key, from)
          : await client.xread('STREAMS', this.#key, from);
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
