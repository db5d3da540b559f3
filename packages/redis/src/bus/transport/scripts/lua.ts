/*
 * What several scripts share. In all of them:
 *
 * - A message in a queue is a text, `<place>:<deliveries>:<ready since>:<body>`. Places are 16 digits, so that texts sort like numbers.
 * - Time is the server's. A client tells how long, never when.
 * - What is moved is removed first: when Redis is out of memory it refuses the first write of a script that adds, and no later one
 *   (https://redis.io/docs/latest/develop/programmability/eval-intro/), so receiving and finishing go on, and sending fails whole.
 */

/** `now`, in milliseconds since the epoch, and `text(number)`, all its digits. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

/** Messages that are sent get places from here up, dead letters that are retried get places from here down: before all others. */
export const MIDDLE = '5e15';

/** `each(list, step, action)`: calls with at most \`step\` arguments at once, because Lua's stack is short. */
export const IN_CHUNKS = `
local function inChunks(list, action)
  for from = 1, #list, 4000 do action(unpack(list, from, math.min(#list, from + 3999))) end
end
`;

/** `partsOf(item, counters)`: place, deliveries, ready since, body. What is no message of ours gets a place behind the others. */
export const PARTS = `
local function newPlace(counters) return ${MIDDLE} + redis.call('HINCRBY', counters, 'sent', 1) end
local function partsOf(item, counters)
  local place, deliveries, since, body = string.match(item, '^(%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d):(%d+):(%d+):(.*)$')
  if place then return tonumber(place), tonumber(deliveries), since, body end
  return newPlace(counters), 0, text(now), item
end
local function itemOf(place, deliveries, since, body)
  return text(place) .. ':' .. deliveries .. ':' .. since .. ':' .. body
end
`;

/** `signal(signals, queue)`: wakes the receivers that wait for a queue. */
export const SIGNAL = `
local function signal(signals, queue)
  redis.call('XADD', signals, 'MAXLEN', 32, '*', 'queue', queue)
  redis.call('PEXPIRE', signals, 3600000)
end
local function earliest(set) return tonumber(redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2] or math.huge) end
`;

/** How many signals are kept: who reads as many at once may have missed some. */
export const SIGNALS_KEPT = 32;

/**
 * `uncover(ready, first, later, held, leases, counters)`: makes ready what has become due: what a lease that ended had in hand comes back
 * to its place, counted, and what was delayed behind the others, in order of time. Needs {@link PARTS} and {@link IN_CHUNKS}.
 */
export const UNCOVER = `
local function uncover(ready, first, later, held, leases, counters)
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 64)) do
    redis.call('ZREM', leases, lease)
    local name, count = string.match(lease, '^(.*):(%d+)$')
    for i = 1, tonumber(count) do
      local field = name .. ':' .. i
      local item = redis.call('HGET', held, field)
      if item then
        redis.call('HDEL', held, field)
        local place, deliveries, since, body = partsOf(item, counters)
        redis.call('ZADD', first, text(place), itemOf(place, deliveries + 1, since, body))
      end
    end
  end
  local due = redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, 1000)
  if #due > 0 then
    redis.call('ZREMRANGEBYRANK', later, 0, #due - 1)
    redis.call('RPUSH', ready, unpack(due))
  end
end
`;
