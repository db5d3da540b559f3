import { Script } from './connection/script.ts';

/*
 * Leases are granted and renewed when Redis is out of memory, too, because those who hold them are the ones who make room: Redis refuses the
 * first write of a script then, unless that one frees memory. So each begins with HDEL.
 *
 * Whose a lease is, is told by its fence and its owner: a server that lost its last second may give a fence a second time.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** `partsOf(known)`: fence, until when, whether abandoned, grant, owner; nothing without a lease. */
const PARTS = `
local function partsOf(known) return string.match(known or '', '^(%d+) (%d+) (%d) (%S+) (.*)$') end`;

/*
 * KEYS: held, fence. ARGV: name, owner, duration in ms, id of this grant.
 * Returns the fence and whether the lease was abandoned (1, 0), or nothing when somebody holds it.
 * Run again after its answer was lost, it finds its own grant.
 */
export const ACQUIRE = new Script(`${NOW}${PARTS}
local known = redis.call('HGET', KEYS[1], ARGV[1])
local fence, untilMs, abandoned, grant = partsOf(known)
if fence and tonumber(untilMs) > now then
  if grant == ARGV[4] then return { tonumber(fence), tonumber(abandoned) } end
  return false
end
redis.call('HDEL', KEYS[1], ARGV[1])
fence, abandoned = redis.call('INCR', KEYS[2]), known and 1 or 0
untilMs = string.format('%.0f', now + ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], fence .. ' ' .. untilMs .. ' ' .. abandoned .. ' ' .. ARGV[4] .. ' ' .. ARGV[2])
return { fence, abandoned }`);

/* KEYS: held. ARGV: name, fence, owner, duration in ms of each. Returns 1 for each that was renewed, 0 for the others. */
export const RENEW = new Script(`${NOW}${PARTS}
local renewed = {}
for i = 1, #ARGV, 4 do
  local fence, untilMs, abandoned, grant, owner = partsOf(redis.call('HGET', KEYS[1], ARGV[i]))
  if fence == ARGV[i + 1] and owner == ARGV[i + 2] and tonumber(untilMs) > now then
    untilMs = string.format('%.0f', now + ARGV[i + 3])
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('HSET', KEYS[1], ARGV[i], fence .. ' ' .. untilMs .. ' ' .. abandoned .. ' ' .. grant .. ' ' .. owner)
    renewed[#renewed + 1] = 1
  else
    renewed[#renewed + 1] = 0
  end
end
return renewed`);

/* KEYS: held. ARGV: name, fence, owner. */
export const RELEASE = new Script(`${PARTS}
local fence, _, _, _, owner = partsOf(redis.call('HGET', KEYS[1], ARGV[1]))
if fence == ARGV[2] and owner == ARGV[3] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1`);

/* KEYS: held. Returns name, fence, owner of each that is held. */
export const LIST = new Script(`${NOW}${PARTS}
local all = redis.call('HGETALL', KEYS[1])
local held = {}
for i = 1, #all, 2 do
  local fence, untilMs, _, _, owner = partsOf(all[i + 1])
  if tonumber(untilMs) > now then
    held[#held + 1] = all[i]
    held[#held + 1] = fence
    held[#held + 1] = owner
  end
end
return held`);

/**
 * Ends a script with `answer` unless the lease is still the one that was granted last. That it has run out does not matter while nobody else was
 * granted it. One that is not there any more has been given up, by this holder or by one after it.
 *
 * `key`: which of KEYS is `held`. `argument`: which of ARGV is the name; fence and owner follow it.
 */
export function unlessGranted(key: number, argument: number, answer: string): string {
  return `
do ${PARTS}
  local fence, _, _, _, owner = partsOf(redis.call('HGET', KEYS[${key}], ARGV[${argument}]))
  if fence ~= ARGV[${argument + 1}] or owner ~= ARGV[${argument + 2}] then return ${answer} end
end`;
}
