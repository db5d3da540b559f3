/*
 * Every key and channel in Redis: its type, who writes it, and when it goes. They outlive the process. All begin with the prefix.
 *
 * The part in braces places a key on a Redis Cluster: what a script touches together has the same. Braces in names that users choose
 * (endpoints, streams, ids) are escaped, so that none of them can close the braces or be taken for another key.
 */

/** Names of keys, for one prefix. */
export class RedisKeys {
  /** Integer: the number of this layout of the keys. Written by whoever is first; stays. */
  readonly format: string;

  /*
   * Subscriptions: `{subscriptions}`
   */

  /** Hash: subscription id → JSON of the subscription. Written when an endpoint starts; a field goes when its handler is gone. */
  readonly subscriptions: string;
  /**
   * Hash: `count`, which rises with each change of the subscriptions, so that looking whether there was one is cheap; `epoch`, made with the
   * first of them: another one means that Redis has lost everything in between. Stays.
   */
  readonly subscriptionCounts: string;
  /** Channel: `added` or `removed`, and the JSON of the subscription. With the number of the database, which channels do not know. */
  readonly subscriptionChanges: string;

  /*
   * Leases: `{leases}`, but for those of an endpoint's partitions, `partition/<endpoint>/<number>`, which are with its queues: so the scripts that
   * change a partition's messages see whose it is.
   */

  /** The leases of everything but partitions. */
  readonly leases: LeaseKeys;
  /** Set: the endpoints with leases of their own. Stays. */
  readonly leaseEndpoints: string;

  /*
   * Events: `{events}`. All in one place of a cluster, because an append writes into its stream and into the order across streams at once.
   */

  /** Stream: an entry for each event of the store, in the order of the appends, with its stream's id and its number there. Stays. */
  readonly allEvents: string;
  /** Sorted set: appends that are not known to be published, by when they were stored. A member goes with its commit. */
  readonly uncommitted: string;

  /*
   * Read models: `{queries}`
   */

  /** Sorted set: the ids of all read models, all with the score 0, so that they can be listed in order. Stays. */
  readonly queryIds: string;

  readonly #prefix: string;
  readonly #db: number;

  constructor(prefix: string, db: number) {
    this.#prefix = prefix;
    this.#db = db;
    this.format = `${prefix}:format`;
    this.subscriptions = `${prefix}:{subscriptions}:all`;
    this.subscriptionCounts = `${prefix}:{subscriptions}:changes`;
    this.subscriptionChanges = `${prefix}:${db}:subscriptions:changed`;
    this.leases = { held: `${prefix}:{leases}:all`, fence: `${prefix}:{leases}:fence` };
    this.leaseEndpoints = `${prefix}:{leases}:endpoints`;
    this.allEvents = `${prefix}:{events}:all`;
    this.uncommitted = `${prefix}:{events}:uncommitted`;
    this.queryIds = `${prefix}:{queries}:ids`;
  }

  /** The keys of one endpoint: its queues and its dead letters. All share its place on a cluster. */
  endpoint(endpoint: string): EndpointKeys {
    return new EndpointKeys(`${this.#prefix}:{endpoint/${escaped(endpoint)}}`);
  }

  /** Where a lease is, by its name. */
  leasesWith(name: string): LeaseKeys {
    const endpoint = endpointOfLease(name);
    return endpoint === undefined ? this.leases : this.endpoint(endpoint).partitionLeases;
  }

  /** Stream: the events of one stream, `<sequence id>-0`, with date, name, revision, payload, transaction and metadata. Written by appends; stays. */
  stream(streamId: string): string {
    return `${this.#prefix}:{events}:stream:${escaped(streamId)}`;
  }

  /**
   * Hash: transaction id → `<first>-<last>` sequence id of its append; under an empty name, the id of the stream's first entry in `allEvents`. Written
   * by appends; stays, because a command may come again at any time.
   */
  transactions(streamId: string): string {
    return `${this.#prefix}:{events}:transactions:${escaped(streamId)}`;
  }

  /** Sorted set: the stream's transactions that are not committed, by their first sequence id. Gone while there is none. */
  uncommittedOf(streamId: string): string {
    return `${this.#prefix}:{events}:uncommitted:${escaped(streamId)}`;
  }

  /** Hash: the newest snapshot of a stream: version, madeBy (marks the code that made it), data. Written by `save`; stays. May be deleted at any time. */
  snapshot(streamId: string): string {
    return `${this.#prefix}:snapshot:${escaped(streamId)}`;
  }

  /** Hash: one read model: version, data, and which write made it. Written by `set`; stays. */
  query(id: string): string {
    return `${this.#prefix}:{queries}:query:${escaped(id)}`;
  }

  /** Hash: channel of a process → the version that it waits for. Written by who waits; goes when nobody does, or by itself after a while. */
  queryWaiters(id: string): string {
    return `${this.#prefix}:{queries}:waiters:${escaped(id)}`;
  }

  /** Channel of one process: the id of a read model that reached the version that somebody there waits for. */
  queryReached(processId: string): string {
    return `${this.#prefix}:${this.#db}:queries:${processId}`;
  }

  /** String: a component has handled a message. Goes by itself after the time that it was asked to be kept for. */
  inbox(component: string, messageId: string): string {
    return `${this.#prefix}:inbox:${escaped(component).replaceAll('/', '%2F')}/${escaped(messageId)}`;
  }
}

/** Names of the keys of leases that are kept together. */
export interface LeaseKeys {
  /** Hash: name of a lease → `<fence> <until> <abandoned> <grant> <owner>`, times by the server. A field goes when its lease is given up. */
  readonly held: string;
  /** Integer: the last fence. It rises with every grant of any of these leases. Stays. */
  readonly fence: string;
}

const PARTITION_LEASE = /^partition\/([^]+)\/[^/]*$/;

/** The endpoint that a lease is of a partition of, by the name that the lease has or begins with. Names of endpoints may hold slashes. */
export function endpointOfLease(name: string): string | undefined {
  return PARTITION_LEASE.exec(name)?.[1];
}

/** Names of the keys of one endpoint. All are written by the transport's scripts, but for the leases of its partitions. */
export class EndpointKeys {
  /** Hash: how many messages were `sent` and how many dead letters `returned`, which gives each its place; how many were ever `buried`. Stays. */
  readonly counters: string;
  /** Stream: which queues had something new for receivers that wait, the newest few. Goes by itself an hour after the last. */
  readonly signals: string;
  /** Set: the partitions that were ever sent to. Stays. */
  readonly partitions: string;
  /** Sorted set: the dead letters, by number. A member goes when it is retried or purged. */
  readonly deadLetters: string;
  /** Hash: ordering key of dead letters → how many have it. A field goes with the last of them. */
  readonly parkedKeys: string;
  /** The leases of its partitions. */
  readonly partitionLeases: LeaseKeys;
  readonly #start: string;

  constructor(start: string) {
    this.#start = start;
    this.counters = `${start}:counters`;
    this.signals = `${start}:signals`;
    this.partitions = `${start}:partitions`;
    this.deadLetters = `${start}:dead`;
    this.parkedKeys = `${start}:parked`;
    this.partitionLeases = { held: `${start}:holders`, fence: `${start}:fence` };
  }

  /** The keys of one queue: a partition's by its number, or the one of no partition by an empty name. */
  queue(name: string): QueueKeys {
    return new QueueKeys(this.#start, name);
  }
}

/** Names of the keys of one queue. Each key is gone while it holds nothing. */
export class QueueKeys {
  /** List: messages that are due, in order. A message goes when it is received. */
  readonly ready: string;
  /** Sorted set: messages that came back to their place before all in `ready`, by place. */
  readonly first: string;
  /** Sorted set: messages that are not due yet, by the moment at which they are. */
  readonly later: string;
  /** Hash: `<lease>:<number>` → a message that is received and not finished. */
  readonly held: string;
  /** Sorted set: `<lease>:<how many messages>`, by when it ends. One that has ended goes with the next receive. */
  readonly leases: string;

  constructor(start: string, name: string) {
    const end = name === '' ? '' : `:${name}`;
    this.ready = `${start}:ready${end}`;
    this.first = `${start}:first${end}`;
    this.later = `${start}:later${end}`;
    this.held = `${start}:held${end}`;
    this.leases = `${start}:leases${end}`;
  }
}

/** Escapes braces, `%`, and halves of surrogate pairs, which have no bytes of their own in UTF-8. */
export function escaped(name: string): string {
  return name.replaceAll(/[%{}]|\p{Surrogate}/gu, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
}
