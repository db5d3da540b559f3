import { newId, type Lease, type Leases } from '@ndomain/core';
import type { RedisConnection } from './connection/redis-connection.ts';
import { Script } from './connection/script.ts';

/*
 * Leases are granted and renewed when Redis is out of memory, too, because those who hold them are the ones who make room: Redis refuses the
 * first write of a script then, unless that one frees memory. So each begins with HDEL.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/*
 * KEYS: leases, fence. ARGV: name, owner, duration in ms, id of this grant.
 * Returns the fence and whether the lease was abandoned (1, 0), or nothing when somebody holds it.
 * Run again after its answer was lost, it finds its own grant.
 */
const ACQUIRE = new Script(`${NOW}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then
  local fence, untilMs, abandoned, grant = string.match(known, '^(%d+) (%d+) (%d) (%S+) ')
  if tonumber(untilMs) > now then
    if grant == ARGV[4] then return { tonumber(fence), tonumber(abandoned) } end
    return false
  end
end
redis.call('HDEL', KEYS[1], ARGV[1])
local fence = redis.call('INCR', KEYS[2])
local abandoned = known and 1 or 0
local untilMs = string.format('%.0f', now + ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], fence .. ' ' .. untilMs .. ' ' .. abandoned .. ' ' .. ARGV[4] .. ' ' .. ARGV[2])
return { fence, abandoned }`);

/* KEYS: leases. ARGV: name, fence, duration in ms. Returns 1 when it was renewed. */
const RENEW = new Script(`${NOW}
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known then return 0 end
local fence, untilMs, rest = string.match(known, '^(%d+) (%d+)( .*)$')
if fence ~= ARGV[2] or tonumber(untilMs) <= now then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], fence .. ' ' .. string.format('%.0f', now + ARGV[3]) .. rest)
return 1`);

/* KEYS: leases. ARGV: name, fence. */
const RELEASE = new Script(`
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and string.match(known, '^%d+') == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1`);

/* KEYS: leases. Returns name, fence, owner of each that is held. */
const LIST = new Script(`${NOW}
local all = redis.call('HGETALL', KEYS[1])
local held = {}
for i = 1, #all, 2 do
  local fence, untilMs, owner = string.match(all[i + 1], '^(%d+) (%d+) %d %S+ (.*)$')
  if tonumber(untilMs) > now then
    held[#held + 1] = all[i]
    held[#held + 1] = fence
    held[#held + 1] = owner
  end
end
return held`);

/** Leases in Redis, by the time of the server: the clocks of those who hold them do not matter. */
export class RedisLeases implements Leases {
  readonly #connection: RedisConnection;

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

  async renew({ name, fence }: Lease, durationMs: number): Promise<boolean> {
    const args = [name, fence, whole(durationMs)];
    return Number(await this.#connection.run(RENEW, [this.#connection.keys.leases], args)) === 1;
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
}

/** Scripts count in whole milliseconds, up to what a Lua number holds exactly with the time added. */
function whole(ms: number): number {
  return Math.ceil(Math.min(ms, 2 ** 50));
}
