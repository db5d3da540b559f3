import type { ChainableCommander } from 'ioredis';
import { RedisKeys } from '../keys.ts';
import { checkedSettings, type CheckedSettings, type RedisSettings } from '../redis-settings.ts';
import { Channels, type ChannelListener } from './channels.ts';
import { Clients, type Client, type RedisGiven } from './clients.ts';
import { AGREE, checkFormat, FORMAT } from './format.ts';
import { Readiness } from './readiness.ts';
import { asUnreachable, isUnknownScript } from './redis-errors.ts';
import { Retries } from './retries.ts';
import type { Script, ScriptArgument, ScriptCall } from './script.ts';
import { storageAt } from './storage.ts';

/**
 * What all parts share: one connection for commands, one for channels, and the connections that wait for something, which are made for
 * who asks.
 *
 * Every operation either succeeds, or throws one of: `ND_BACKEND_UNREACHABLE` within the stated time, naming the address;
 * `ND_STORAGE_FULL` when Redis is out of memory; `ND_CONFIGURATION` when it refuses access; `ND_STOPPED` after this was closed.
 */
export class RedisConnection implements AsyncDisposable {
  readonly address: string;
  readonly isCluster: boolean;
  readonly keys: RedisKeys;
  /** The same object for all connections to the same keys. */
  readonly storage: object;
  readonly #settings: CheckedSettings;
  readonly #clients: Clients;
  readonly #commands: Client;
  readonly #blocking = new Set<Client>();
  readonly #lossListeners = new Set<(problem: unknown) => void>();
  readonly #readiness: Readiness;
  readonly #channels: Channels;
  readonly #retries: Retries;

  /** Connects with the first operation. Throws `ND_INVALID_OPTION`, `ND_CONFIGURATION`. */
  constructor(given: RedisGiven, settings?: RedisSettings) {
    this.#settings = checkedSettings(settings);
    this.#clients = new Clients(given, this.#settings.unreachableAfterMs);
    this.address = this.#clients.address;
    this.isCluster = this.#clients.isCluster;
    this.keys = new RedisKeys(this.#settings.prefix, this.#clients.db);
    this.storage = storageAt(`${this.#clients.place} ${this.#settings.prefix}`);
    this.#commands = this.#clients.commands();
    this.#readiness = new Readiness(this.#commands);
    this.#commands.on('close', () => this.#tellOfLoss());
    this.#channels = new Channels(() => this.#subscriber());
    const { address, unreachableAfterMs } = this;
    this.#retries = new Retries(this.#commands, this.#readiness, { address, unreachableAfterMs }, () => this.#agree());
  }

  get unreachableAfterMs(): number {
    return this.#settings.unreachableAfterMs;
  }

  /** Resolves when the server can be worked with. */
  async open(): Promise<void> {
    await this.command((client) => client.ping());
  }

  /** Runs a script. Its keys must belong to one slot of a cluster. With `isRepeatable`, running it twice must do no harm. */
  async run(
    script: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    isRepeatable = true,
  ): Promise<unknown> {
    if (this.#commands.status !== 'ready') return this.#runAgain(script, keys, args, isRepeatable);
    try {
      return await this.#commands.call('evalsha', [script.sha, keys.length, ...keys, ...args]);
    } catch (error) {
      return this.#runAgain(script, keys, args, isRepeatable, error);
    }
  }

  /**
   * Runs several scripts in one round trip, each by itself: one that fails does not keep the others from running, and its error stands
   * in its place. On one server they run in the order given, unless some have to be tried again; on a cluster, per slot.
   */
  async runAll(calls: readonly ScriptCall[], isRepeatable = true): Promise<PromiseSettledResult<unknown>[]> {
    if (this.isCluster || this.#commands.status !== 'ready') {
      return Promise.allSettled(calls.map(({ script, keys, args }) => this.run(script, keys, args, isRepeatable)));
    }
    const pipeline = this.#commands.pipeline();
    for (const { script, keys, args } of calls) pipeline.call('evalsha', [script.sha, keys.length, ...keys, ...args]);
    const answers = (await pipeline.exec()) ?? [];
    return Promise.allSettled(
      calls.map(({ script, keys, args }, i) => {
        const [error, value] = answers[i] ?? [new Error('Connection is closed.'), undefined];
        return error === null ? value : this.#runAgain(script, keys, args, isRepeatable, error);
      }),
    );
  }

  /** Sends a command. With `isRepeatable`, sending it twice must do no harm. */
  async command<T>(send: (client: Client) => Promise<T>, isRepeatable = true): Promise<T> {
    if (this.#commands.status !== 'ready') return this.#retries.run(send, isRepeatable);
    try {
      return await send(this.#commands);
    } catch (error) {
      return this.#retries.run(send, isRepeatable, error);
    }
  }

  /** Sends commands that only read, in one round trip, for keys of one slot of a cluster. Returns their answers. */
  batch(fill: (pipeline: ChainableCommander) => void): Promise<unknown[]> {
    return this.command(async (client) => {
      const pipeline = client.pipeline();
      fill(pipeline);
      const answers = (await pipeline.exec()) ?? [];
      return answers.map(([error, value]) => {
        if (error !== null) throw error;
        return value;
      });
    });
  }

  /** Listens to a channel, over one connection for all of them. Resolves when it is heard; returns how to stop. */
  listen(channel: string, listener: ChannelListener): Promise<() => Promise<void>> {
    return this.command(() => this.#channels.listen(channel, listener));
  }

  /** Calls `listener` whenever the connection for commands has ended, or could not be made. Returns how to stop that. */
  onLoss(listener: (problem: unknown) => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  /** A connection of the caller's own, for commands that wait. It is closed with this, or earlier by {@link release}. */
  async blocking(): Promise<Client> {
    this.#retries.checkOpen();
    const client = this.#clients.blocking();
    this.#blocking.add(client);
    try {
      await new Readiness(client).wait(this.unreachableAfterMs);
      return client;
    } catch (error) {
      this.release(client);
      throw asUnreachable(error, this.address, this.unreachableAfterMs);
    }
  }

  /** Closes a connection that {@link blocking} made; a command that waits on it fails. */
  release(client: Client): void {
    if (this.#blocking.delete(client)) client.disconnect();
  }

  /** An error as it came from a connection of {@link blocking}, as one of ours. */
  translated(error: unknown, waitedMs: number): unknown {
    return this.#retries.translated(error, waitedMs);
  }

  /** Ends all connections; what has no answer yet fails with `ND_STOPPED`. The connection that the user passed in stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#retries.close();
    this.#lossListeners.clear();
    this.#readiness.close();
    this.#channels.close();
    for (const client of this.#blocking) client.disconnect();
    this.#blocking.clear();
    this.#commands.disconnect();
  }

  #runAgain(
    script: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    isRepeatable: boolean,
    error?: unknown,
  ): Promise<unknown> {
    const { lua } = script;
    // The text itself: on a server that has lost its scripts, or never had them, it also makes them known again.
    const send = (client: Client): Promise<unknown> => client.call('eval', [lua, keys.length, ...keys, ...args]);
    return isUnknownScript(error) ? this.command(send, isRepeatable) : this.#retries.run(send, isRepeatable, error);
  }

  /** Before the first command, that the keys are laid out as this code knows them. Every connection comes by here: none is ready at first. */
  async #agree(): Promise<void> {
    const found = await this.#commands.eval(AGREE.lua, 1, this.keys.format, FORMAT);
    checkFormat(found, this.address, this.#settings.prefix);
  }

  #tellOfLoss(): void {
    const problem = asUnreachable(this.#readiness.lastError, this.address, 0);
    for (const listener of this.#lossListeners) listener(problem);
  }

  async #subscriber(): Promise<ReturnType<Clients['subscriber']>> {
    if (this.isCluster) await this.#readiness.wait(this.unreachableAfterMs);
    return this.#clients.subscriber(this.#commands);
  }
}
