import { newId, type Lease, type Leases } from '@ndomain/core';
import type { RedisConnection } from './connection/redis-connection.ts';
import type { ScriptArgument } from './connection/script.ts';
import { endpointOfLease, type LeaseKeys } from './keys.ts';
import { ACQUIRE, LIST, RELEASE, RENEW } from './lease-scripts.ts';

interface Renewal {
  readonly lease: Lease;
  readonly durationMs: number;
  readonly resolve: (isRenewed: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

/** What the names of partitions' leases begin with. */
const PARTITIONS = 'partition/';

/**
 * Leases in Redis, by the time of the server: the clocks of those who hold them do not matter. What is renewed at once, such as all the
 * partitions of an endpoint, is renewed by one command.
 */
export class RedisLeases implements Leases {
  readonly storage: object;
  readonly #connection: RedisConnection;
  #renewals: Renewal[] = [];

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.storage = connection.storage;
  }

  async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    const { keys } = this.#connection;
    const endpoint = endpointOfLease(name);
    // First, so that no lease is ever overlooked by those who list all.
    if (endpoint !== undefined) await this.#connection.command((client) => client.sadd(keys.leaseEndpoints, endpoint));
    const { held, fence } = keys.leasesWith(name);
    const granted = await this.#connection.run(ACQUIRE, [held, fence], [name, owner, whole(durationMs), newId()]);
    if (!Array.isArray(granted)) return undefined;
    return { name, owner, fence: Number(granted[0]), wasAbandoned: Number(granted[1]) === 1 };
  }

  renew(lease: Lease, durationMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#renewals.length === 0) queueMicrotask(() => this.#renewAll());
      this.#renewals.push({ lease, durationMs, resolve, reject });
    });
  }

  async release({ name, fence, owner }: Lease): Promise<void> {
    await this.#connection.run(RELEASE, [this.#connection.keys.leasesWith(name).held], [name, fence, owner]);
  }

  async list(prefix: string): Promise<readonly Lease[]> {
    const places = await this.#placesOf(prefix);
    const lists = await Promise.all(places.map(({ held }) => this.#connection.run(LIST, [held], [])));
    const held = (lists as string[][]).flat();
    const leases: Lease[] = [];
    for (let i = 0; i < held.length; i += 3) {
      const [name = '', fence, owner = ''] = held.slice(i, i + 3);
      if (name.startsWith(prefix)) leases.push({ name, owner, fence: Number(fence), wasAbandoned: false });
    }
    return leases.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Where there may be leases whose names begin with `prefix`. */
  async #placesOf(prefix: string): Promise<LeaseKeys[]> {
    const { keys } = this.#connection;
    if (!prefix.startsWith(PARTITIONS) && !PARTITIONS.startsWith(prefix)) return [keys.leases];
    const all = await this.#connection.command((client) => client.smembers(keys.leaseEndpoints));
    const endpoints = all.filter((endpoint) => {
      const start = `${PARTITIONS}${endpoint}/`;
      return start.startsWith(prefix) || prefix.startsWith(start);
    });
    const places = endpoints.map((endpoint) => keys.endpoint(endpoint).partitionLeases);
    return endpointOfLease(prefix) === undefined ? [keys.leases, ...places] : places;
  }

  /** What is kept together is renewed by one command, and fails together. */
  #renewAll(): void {
    const places = new Map<string, Renewal[]>();
    for (const renewal of this.#renewals) {
      const { held } = this.#connection.keys.leasesWith(renewal.lease.name);
      const together = places.get(held);
      if (together === undefined) places.set(held, [renewal]);
      else together.push(renewal);
    }
    this.#renewals = [];
    for (const [held, together] of places) void this.#renewTogether(held, together);
  }

  /** Never rejects: each is told of its own. */
  async #renewTogether(held: string, renewals: readonly Renewal[]): Promise<void> {
    const args = renewals.flatMap(({ lease: { name, fence, owner }, durationMs }): ScriptArgument[] => [
      name,
      fence,
      owner,
      whole(durationMs),
    ]);
    try {
      const renewed = (await this.#connection.run(RENEW, [held], args)) as number[];
      for (const [i, { resolve }] of renewals.entries()) resolve(renewed[i] === 1);
    } catch (error) {
      for (const { reject } of renewals) reject(error);
    }
  }
}

/** Scripts count in whole milliseconds, up to what a Lua number holds exactly with the time added. */
function whole(ms: number): number {
  return Math.ceil(Math.min(ms, 2 ** 50));
}
