import { systemClock, type Timer } from '@ndomain/core';
import type { Redis } from 'ioredis';

/** What a listener is told. */
export interface ChannelListener {
  readonly onMessage: (text: string) => void;
  /** Called whenever messages may have been missed: the connection had ended, and listens again. */
  readonly onGap: () => void;
}

/** A connection that has gone without a word is noticed by this; two commands a minute. */
const PING_EVERY_MS = 30_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Channels of Redis (PUBLISH, SUBSCRIBE) over one connection, which is made with the first listener and ends with the last. On a cluster
 * every node hands on what is published at any, so that one connection to one of them hears everything; when that node goes away,
 * another is taken. Messages are hints: what is published while the connection is away is lost, and `onGap` says so.
 */
export class Channels {
  readonly #connect: () => Promise<Redis>;
  readonly #listeners = new Map<string, Set<ChannelListener>>();
  #redis: Redis | undefined;
  #connecting: Promise<Redis> | undefined;
  #pause: Timer | undefined;
  #ping: Timer | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #isClosed = false;

  constructor(connect: () => Promise<Redis>) {
    this.#connect = connect;
  }

  /** Resolves when what is published from now on is heard. Returns how to stop listening. */
  async listen(channel: string, listener: ChannelListener): Promise<() => Promise<void>> {
    const known = this.#listeners.get(channel);
    if (known === undefined) this.#listeners.set(channel, new Set([listener]));
    else known.add(listener);
    try {
      await this.#subscribe(channel);
    } catch (error) {
      this.#forget(channel, listener);
      throw error;
    }
    return async () => {
      if (!this.#forget(channel, listener) || this.#redis === undefined) return;
      if (this.#listeners.size === 0) this.#disconnect();
      // A connection that has just ended listens to nothing, which is what is wanted.
      else await this.#redis.unsubscribe(channel).catch(() => undefined);
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
  }

  async #subscribe(channel: string): Promise<void> {
    const redis = this.#redis ?? (await (this.#connecting ??= this.#open()));
    await redis.subscribe(channel);
  }

  async #open(): Promise<Redis> {
    try {
      const redis = await this.#connect();
      redis.on('error', () => undefined);
      await redis.connect();
      if (this.#isClosed) {
        redis.disconnect();
        throw new Error('Connection is closed.');
      }
      redis.on('message', this.#onMessage);
      redis.once('end', this.#onEnd);
      this.#redis = redis;
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#pingLater();
      return redis;
    } finally {
      this.#connecting = undefined;
    }
  }

  /** True when the channel has nobody left who listens. */
  #forget(channel: string, listener: ChannelListener): boolean {
    const listeners = this.#listeners.get(channel);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return false;
    return this.#listeners.delete(channel);
  }

  #disconnect(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#ping?.cancel();
    this.#redis?.off('end', this.#onEnd);
    this.#redis?.disconnect();
    this.#redis = undefined;
  }

  #pingLater(): void {
    this.#ping?.cancel();
    const ping = (): void => {
      // A server that does not answer ends the connection by its timeout, and that is what counts.
      this.#redis?.ping().catch(() => undefined);
      this.#pingLater();
    };
    this.#ping = systemClock.schedule(PING_EVERY_MS, ping, { background: true });
  }

  readonly #onMessage = (channel: string, text: string): void => {
    for (const { onMessage } of this.#listeners.get(channel) ?? []) onMessage(text);
  };

  readonly #onEnd = (): void => {
    this.#redis = undefined;
    this.#ping?.cancel();
    if (!this.#isClosed && this.#listeners.size > 0) this.#reconnectLater();
  };

  #reconnectLater(): void {
    const pauseMs = this.#pauseMs * (0.5 + Math.random() / 2);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    // One at a time: both the end of a connection and what was being done over it ask for it.
    this.#pause ??= systemClock.schedule(pauseMs, () => {
      this.#pause = undefined;
      void this.#reconnect();
    });
  }

  async #reconnect(): Promise<void> {
    if (this.#isClosed || this.#listeners.size === 0) return;
    try {
      const redis = this.#redis ?? (await (this.#connecting ??= this.#open()));
      await redis.subscribe(...this.#listeners.keys());
    } catch {
      // Ended again while it was set up: its end has asked for the next attempt, unless it never began.
      if (this.#redis === undefined) this.#reconnectLater();
      return;
    }
    for (const listeners of this.#listeners.values()) for (const { onGap } of listeners) onGap();
  }
}
