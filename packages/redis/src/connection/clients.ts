import { ConfigurationError, InvalidOptionError } from '@ndomain/core';
import { Redis, type Cluster, type RedisOptions } from 'ioredis';
import { isRefusedWrite } from './redis-errors.ts';

/** Where the Redis is: a connection or a cluster that the user made, a URL (`redis://…`, `rediss://…`), or options of ioredis. */
export type RedisGiven = Redis | Cluster | string | RedisOptions;

/** One connection, or one to each node of a cluster. */
export type Client = Redis | Cluster;

const LONGEST_PAUSE_MS = 1_000;
/** A cluster tells of moved slots as we run into them; asking now and then is for nodes that vanished without a word. */
const SLOTS_REFRESH_MS = 60_000;
const URL_OR_SOCKET = /^(rediss?:\/\/|\/)/;

/**
 * Makes the connections to one Redis. What the user passed in says how to connect, and is not used itself: whether a command is sent
 * again after its answer was lost has to be this library's decision, and ioredis takes it per connection. So the user's stays as it is,
 * and is the user's to close.
 */
export class Clients {
  readonly address: string;
  readonly isCluster: boolean;
  /** The number of the database. Channels are not separated by it, so their names have to be. */
  readonly db: number;
  /** Tells the data that is reached from that of any other server, cluster or database. Never with the password. */
  readonly place: string;
  readonly #model: Client;
  readonly #unreachableAfterMs: number;

  /** Throws `ND_INVALID_OPTION` for what is no address, and `ND_CONFIGURATION` for a connection with a `keyPrefix`. */
  constructor(given: RedisGiven, unreachableAfterMs: number) {
    this.#model = modelOf(given);
    this.#unreachableAfterMs = unreachableAfterMs;
    this.isCluster = isCluster(this.#model);
    this.db = isCluster(this.#model) ? 0 : (this.#model.options.db ?? 0);
    this.address = addressOf(this.#model);
    const group = isCluster(this.#model) ? 'cluster' : this.#model.options.name;
    this.place = JSON.stringify([this.address, group, this.db]);
    if (this.#model.options.keyPrefix) {
      throw new ConfigurationError(
        'The connection to Redis has a keyPrefix, which scripts and channels do not know of. ' +
          "Leave it out, and say it here: redis(connection, { prefix: 'shop' }).",
      );
    }
  }

  /** For commands that answer at once: a server that is silent for half of the stated time is taken for dead. */
  commands(): Client {
    return this.#made(this.#unreachableAfterMs / 2);
  }

  /** For commands that wait for something to happen. */
  blocking(): Client {
    return this.#made(undefined);
  }

  /** For listening to channels: to the server, or to one node of the cluster. Ends when it breaks. */
  subscriber(commands: Client): Redis {
    const node = isCluster(commands) ? anyOf(commands.nodes()) : undefined;
    const model = node ?? (isCluster(this.#model) ? undefined : this.#model);
    if (model === undefined) throw new Error('None of startup nodes is available');
    return model.duplicate({
      ...nodeOptions(model.options, this.#unreachableAfterMs, this.#unreachableAfterMs / 2),
      enableOfflineQueue: true,
      readOnly: false,
      retryStrategy: null,
    });
  }

  #made(socketTimeout: number | undefined): Client {
    const model = this.#model;
    if (!isCluster(model)) {
      return model.duplicate({
        ...nodeOptions(model.options, this.#unreachableAfterMs, socketTimeout),
        enableOfflineQueue: false,
        readOnly: false,
        retryStrategy: pauseOf,
      });
    }
    const redisOptions = nodeOptions(model.options.redisOptions ?? {}, this.#unreachableAfterMs, socketTimeout);
    return model.duplicate([], {
      lazyConnect: true,
      enableOfflineQueue: false,
      enableAutoPipelining: false,
      scaleReads: 'master',
      slotsRefreshInterval: SLOTS_REFRESH_MS,
      // 0: a command whose node went away is not sent again by ioredis.
      retryDelayOnFailover: 0,
      clusterRetryStrategy: pauseOf,
      redisOptions,
    });
  }
}

export function isCluster(client: Client): client is Cluster {
  return client.isCluster;
}

/** What all connections of ours have: nothing is sent twice by ioredis, and nothing waits in a queue of it. */
function nodeOptions(given: Partial<RedisOptions>, unreachableAfterMs: number, socketTimeout: number | undefined) {
  return {
    lazyConnect: true,
    enableReadyCheck: true,
    enableAutoPipelining: false,
    // 0: when a connection ends, commands without an answer fail at once.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    disableClientInfo: true,
    stringNumbers: false,
    replyMapping: 'legacy',
    monitor: false,
    commandTimeout: undefined,
    socketTimeout,
    connectTimeout: Math.min(given.connectTimeout ?? Infinity, unreachableAfterMs / 2),
    reconnectOnError: isRefusedWrite,
  } as const satisfies Partial<RedisOptions>;
}

/** Pause before the next attempt to connect, in milliseconds: short at first, because a restarted server is there within moments. */
function pauseOf(attempt: number): number {
  return Math.min(20 * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

function modelOf(given: RedisGiven): Client {
  if (typeof given === 'string') {
    if (!URL_OR_SOCKET.test(given))
      throw new InvalidOptionError('redis', "a URL such as 'redis://localhost:6379'", given);
    return new Redis(given, { lazyConnect: true });
  }
  if (typeof given !== 'object' || given === null) {
    throw new InvalidOptionError(
      'redis',
      "a URL such as 'redis://localhost:6379', or a Redis or Cluster of ioredis",
      given,
    );
  }
  return isClient(given) ? given : new Redis({ ...given, replyMapping: 'legacy', lazyConnect: true });
}

/** By what it can do, and not by its class: it may come from another copy of ioredis. */
function isClient(given: Client | RedisOptions): given is Client {
  return 'duplicate' in given && typeof given.duplicate === 'function';
}

function addressOf(model: Client): string {
  if (!isCluster(model)) return addressOfNode(model.options);
  // Private in the types of ioredis, and the only place where the nodes are before the first connection.
  const nodes: unknown = Reflect.get(model, 'startupNodes');
  return Array.isArray(nodes) ? nodes.map(addressOfNode).join(', ') : 'a cluster';
}

/** Never with the password. */
function addressOfNode(node: unknown): string {
  if (typeof node === 'number') return `127.0.0.1:${node}`;
  if (typeof node === 'string') return URL.canParse(node) ? new URL(node).host : node;
  const { path, host, port, sentinels } = node as RedisOptions;
  if (sentinels !== undefined && sentinels !== null) return `sentinels ${sentinels.map(addressOfNode).join(', ')}`;
  return path ?? `${host ?? '127.0.0.1'}:${port ?? 6379}`;
}

function anyOf(nodes: readonly Redis[]): Redis | undefined {
  return nodes[Math.floor(Math.random() * nodes.length)];
}
