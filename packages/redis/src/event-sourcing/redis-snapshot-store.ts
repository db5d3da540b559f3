import { decode, encode, type Snapshot, type SnapshotStore } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { Script } from '../connection/script.ts';

/* KEYS: the snapshot. ARGV: version, madeBy, data. */
const SAVE = new Script(`
local known = redis.call('HMGET', KEYS[1], 'version', 'madeBy')
if known[1] and known[2] == ARGV[2] and tonumber(known[1]) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'madeBy', ARGV[2], 'data', ARGV[3])
return 1`);

/** Snapshots in Redis: the newest of each stream. On a cluster they are spread over all nodes. */
export class RedisSnapshotStore implements SnapshotStore {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** A snapshot that cannot be decoded is none: it is a cache. */
  async load(streamId: string): Promise<Snapshot | undefined> {
    const key = this.#connection.keys.snapshot(streamId);
    const [version, madeBy, data] = await this.#connection.command((client) =>
      client.hmget(key, 'version', 'madeBy', 'data'),
    );
    if (typeof data !== 'string') return undefined;
    try {
      return { version: Number(version), madeBy: String(madeBy), data: decode(data) };
    } catch {
      return undefined;
    }
  }

  async save(streamId: string, { version, madeBy, data }: Snapshot): Promise<void> {
    await this.#connection.run(SAVE, [this.#connection.keys.snapshot(streamId)], [version, madeBy, encode(data)]);
  }
}
