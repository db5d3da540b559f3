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
export const ACQUIRE = new Script(`${NOW}
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

/* KEYS: leases. ARGV: name, fence, duration in ms of each. Returns 1 for each that was renewed, 0 for the others. */
export const RENEW = new Script(`${NOW}
local renewed = {}
for i = 1, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  local fence, untilMs, rest
  if known then fence, untilMs, rest = string.match(known, '^(%d+) (%d+)( .*)$') end
  if fence == ARGV[i + 1] and tonumber(untilMs) > now then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('HSET', KEYS[1], ARGV[i], fence .. ' ' .. string.format('%.0f', now + ARGV[i + 2]) .. rest)
    renewed[#renewed + 1] = 1
  else
    renewed[#renewed + 1] = 0
  end
end
return renewed`);

/* KEYS: leases. ARGV: name, fence. */
export const RELEASE = new Script(`
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and string.match(known, '^%d+') == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1`);

/* KEYS: leases. Returns name, fence, owner of each that is held. */
export const LIST = new Script(`${NOW}
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
