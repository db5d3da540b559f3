import { Script } from '../../../connection/script.ts';
import { unlessGranted } from '../../../lease-scripts.ts';
import { IN_CHUNKS, NOW, PARTS, UNCOVER } from './lua.ts';

const take = `
${NOW}${IN_CHUNKS}${PARTS}${UNCOVER}
local ready, first, later, held, leases, counters = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local name, max = ARGV[1], tonumber(ARGV[2])
local items = {}
local again = redis.call('HGET', held, name .. ':1')
while again do
  items[#items + 1] = again
  again = redis.call('HGET', held, name .. ':' .. #items + 1)
end
if #items > 0 then return items end

uncover(ready, first, later, held, leases, counters)
local back = redis.call('ZPOPMIN', first, max)
for i = 1, #back, 2 do items[#items + 1] = back[i] end
if #items < max then
  local more = redis.call('LPOP', ready, max - #items)
  if #items == 0 then items = more or items
  elseif more then for i = 1, #more do items[#items + 1] = more[i] end end
end

if #items == 0 then
  local ends, due = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')[2], redis.call('ZRANGE', later, 0, 0, 'WITHSCORES')[2]
  local next = math.min(tonumber(ends or math.huge), tonumber(due or math.huge))
  local last = redis.call('XREVRANGE', KEYS[7], '+', '-', 'COUNT', 1)[1]
  return { next == math.huge and -1 or math.max(next - now, 0), last and last[1] or '0-0' }
end

local fields = {}
for i = 1, #items do
  fields[2 * i - 1] = name .. ':' .. i
  fields[2 * i] = items[i]
end
inChunks(fields, function(...) redis.call('HSET', held, ...) end)
redis.call('ZADD', leases, text(now + ARGV[3]), name .. ':' .. #items)
return items
`;

/**
 * Leases messages of one queue, in order.
 *
 * KEYS: ready, first, later, held, leases, counters, signals.
 * ARGV: the lease's name, how many at most, for how many milliseconds.
 *
 * Answers the messages; or, when there are none, in how many milliseconds something can become ready (-1: nothing is known of), and the
 * id of the last signal. Called again with the same name it answers the same messages: the first answer may have been lost.
 */
export const TAKE = new Script(take);

/** The same for a partition under a lease. KEYS: its leases besides. ARGV: name, fence and owner of the lease besides. Answers `lost` when it was granted to somebody else. */
export const TAKE_UNDER_LEASE = new Script(unlessGranted(8, 4, "'lost'") + take);
