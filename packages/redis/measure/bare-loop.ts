import { Script, type RedisConnection } from '@ndomain/redis';
import { bodyOf } from './workload.ts';

/** How large the batches of the loop are. */
const BATCH = 200;
const SEND_BATCH = 1_000;
const LEASE_MS = 30_000;

const SEND = new Script(
  `for i = 1, #ARGV, 4000 do redis.call('RPUSH', KEYS[1], unpack(ARGV, i, math.min(#ARGV, i + 3999))) end`,
);
const TAKE = new Script(`
local items = redis.call('LPOP', KEYS[1], ARGV[2])
local fields, time = {}, redis.call('TIME')
for i = 1, #items do
  fields[2 * i - 1] = ARGV[1] .. ':' .. i
  fields[2 * i] = items[i]
end
redis.call('HSET', KEYS[2], unpack(fields))
redis.call('ZADD', KEYS[3], time[1] * 1000 + ARGV[3], ARGV[1])
return items
`);
const COMMIT = new Script(`
local fields = {}
for i = 1, ARGV[2] do fields[i] = ARGV[1] .. ':' .. i end
if redis.call('ZREM', KEYS[2], ARGV[1]) == 1 then return redis.call('HDEL', KEYS[1], unpack(fields)) end
`);

/**
 * The least code that moves messages through such a structure: a list, and a lease for each batch. Calls follow one another, and nothing is
 * read, delayed, counted or looked after.
 */
export class BareLoop {
  readonly #connection: RedisConnection;
  readonly #list: string;
  readonly #held: string;
  readonly #leases: string;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    const { ready, held, leases } = connection.keys.endpoint('bare').queue('');
    [this.#list, this.#held, this.#leases] = [ready, held, leases];
  }

  async send(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent += SEND_BATCH) {
      const bodies = Array.from({ length: SEND_BATCH }, () => bodyOf('bare'));
      await this.#connection.run(SEND, [this.#list], bodies);
    }
  }

  /** Receives and acknowledges. */
  async drain(count: number): Promise<void> {
    for (let done = 0, batch = 0; done < count; batch++) {
      const lease = `bare-${batch}`;
      const items = await this.#connection.run(TAKE, [this.#list, this.#held, this.#leases], [lease, BATCH, LEASE_MS]);
      const { length } = items as readonly string[];
      await this.#connection.run(COMMIT, [this.#held, this.#leases], [lease, length]);
      done += length;
    }
  }
}
