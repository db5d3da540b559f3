import { newId, type Lease, type Leases } from '@ndomain/core';
import type { RedisConnection } from './connection/redis-connection.ts';
import { ACQUIRE, LIST, RELEASE, RENEW } from './lease-scripts.ts';

interface Renewal {
  readonly lease: Lease;
  readonly durationMs: number;
  readonly resolve: (isRenewed: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Leases in Redis, by the time of the server: the clocks of those who hold them do not matter. What is renewed at once, such as all the
 * partitions of an endpoint, is renewed by one command.
 */
export class RedisLeases implements Leases {
  readonly #connection: RedisConnection;
  #renewals: Renewal[] = [];

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
    const { leases, leaseFence } = this.#connection.keys;
    const granted = await this.#connection.run(
      ACQUIRE,
      [leases, leaseFence],
      [name, owner, whole(durationMs), newId()],
    );
    if (!Array.isArray(granted)) return undefined;
    return { name, owner, fence: Number(granted[0]), wasAbandoned: Number(granted[1]) === 1 };
  }

  renew(lease: Lease, durationMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#renewals.length === 0) queueMicrotask(() => void this.#renewAll());
      this.#renewals.push({ lease, durationMs, resolve, reject });
    });
  }

  async release({ name, fence }: Lease): Promise<void> {
    await this.#connection.run(RELEASE, [this.#connection.keys.leases], [name, fence]);
  }

  async list(prefix: string): Promise<readonly Lease[]> {
    const held = (await this.#connection.run(LIST, [this.#connection.keys.leases], [])) as string[];
    const leases: Lease[] = [];
    for (let i = 0; i < held.length; i += 3) {
      const [name = '', fence, owner = ''] = held.slice(i, i + 3);
      if (name.startsWith(prefix)) leases.push({ name, owner, fence: Number(fence), wasAbandoned: false });
    }
    return leases.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #renewAll(): Promise<void> {
    const renewals = this.#renewals;
    this.#renewals = [];
    const args = renewals.flatMap(({ lease, durationMs }) => [lease.name, lease.fence, whole(durationMs)]);
    try {
      const renewed = (await this.#connection.run(RENEW, [this.#connection.keys.leases], args)) as number[];
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
