import { Script } from '../../../connection/script.ts';
import { unlessGranted } from '../../../lease-scripts.ts';
import { IN_CHUNKS, NOW, PARTS, SIGNAL } from './lua.ts';

/** `at`: which of ARGV is the first of the steps. */
const settle = (at: number): string => `
${NOW}${IN_CHUNKS}${PARTS}${SIGNAL}
local ready, first, later, held, leases, counters = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local queue = ARGV[1]
local hasWork, soonest, next = nil, math.huge, nil

local function take(field)
  local item = redis.call('HGET', held, field)
  if item then redis.call('HDEL', held, field) end
  return item
end

local steps = {}

function steps.commit(name, from, to, count)
  local fields = {}
  if to < from then for i = 1, count do fields[i] = name .. i end
  else for at = from, to do fields[#fields + 1] = name .. ARGV[at] end end
  inChunks(fields, function(...) redis.call('HDEL', held, ...) end)
end

function steps.putBack(name, from, to)
  if hasWork == nil then
    hasWork = redis.call('EXISTS', ready, first) > 0
    next = earliest(later)
  end
  for at = from, to, 3 do
    local item = take(name .. ARGV[at])
    if item then
      local isCounted, delay = ARGV[at + 1] == '1', tonumber(ARGV[at + 2])
      local place, deliveries, since, body = partsOf(item, counters)
      if isCounted then place, deliveries = newPlace(counters), deliveries + 1 end
      if delay > 0 then
        soonest = math.min(soonest, now + delay)
        redis.call('ZADD', later, text(now + delay), itemOf(place, deliveries, text(now + delay), body))
      elseif isCounted then redis.call('RPUSH', ready, itemOf(place, deliveries, text(now), body))
      else redis.call('ZADD', first, text(place), itemOf(place, deliveries, since, body)) end
    end
  end
end

function steps.extend(name, from, to)
  local target, fields = ARGV[from], {}
  for at = from + 2, to do
    local item = take(name .. ARGV[at])
    if item then
      fields[#fields + 1] = target .. ':' .. at - from - 1
      fields[#fields + 1] = item
    end
  end
  inChunks(fields, function(...) redis.call('HSET', held, ...) end)
  redis.call('ZADD', leases, text(now + ARGV[from + 1]), target .. ':' .. to - from - 1)
end

function steps.bury(name, from, to)
  for at = from, to, 4 do
    local item = take(name .. ARGV[at])
    if item then
      local id, key = redis.call('HINCRBY', counters, 'buried', 1), ARGV[at + 1]
      local _, deliveries, since, body = partsOf(item, counters)
      local letter = { text(id), queue, key, ARGV[at + 2], ARGV[at + 3], body }
      redis.call('ZADD', KEYS[8], text(id), table.concat(letter, '\\n'))
      if key ~= '' then redis.call('HINCRBY', KEYS[9], key, 1) end
    end
  end
end

steps['end'] = function(name, _, _, count) redis.call('ZREM', leases, name .. count) end

local lost, number, at = {}, 0, ${at}
while at <= #ARGV do
  local lease, from = ARGV[at + 1], at + 3
  local to = from + ARGV[at + 2] - 1
  if redis.call('ZSCORE', leases, lease) then
    local name, count = string.match(lease, '^(.*:)(%d+)$')
    steps[ARGV[at]](name, from, to, tonumber(count))
  else lost[#lost + 1] = number end
  number, at = number + 1, to + 1
end
if soonest < (next or 0) or (hasWork == false and redis.call('EXISTS', ready, first) > 0) then signal(KEYS[7], queue) end
return lost
`;

/**
 * Does what became of received messages of one queue: a list of steps, in order. A message is still ours while its lease is there: who
 * takes it back takes all of the lease. So a message that is missing under a lease that is there was finished by this step before, when
 * the answer was lost.
 *
 * KEYS: ready, first, later, held, leases, counters, signals, deadLetters, parkedKeys.
 * ARGV: the queue's name; then for each step its name, a lease, how many arguments follow, and these, where messages are told by their numbers in
 * the lease:
 * - `commit`: numbers; none for all of the lease. They go for good.
 * - `putBack`: for each message: number, 1 when the delivery counts, delay in milliseconds. Counted, it goes behind the others; uncounted, to its place.
 * - `extend`: a new lease's name, for how many milliseconds, numbers. They move to the new lease.
 * - `bury`: for each message: number, ordering key as JSON or nothing, kind, reason as JSON. They move to the dead letters.
 * - `end`: nothing. The lease has no messages any more.
 *
 * Answers the numbers (from 0) of the steps whose lease was lost.
 */
export const SETTLE = new Script(settle(2));

/**
 * The same for a partition under a lease. KEYS: its leases besides. ARGV: the queue's name; name, fence and owner of the lease; the steps. Answers `lost`,
 * and does nothing, when it was granted to somebody else.
 */
export const SETTLE_UNDER_LEASE = new Script(unlessGranted(10, 2, "'lost'") + settle(5));
