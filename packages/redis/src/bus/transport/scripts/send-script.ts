import { Script } from '../../../connection/script.ts';
import { IN_CHUNKS, MIDDLE, NOW, SIGNAL } from './lua.ts';

/**
 * Puts messages into the queues of one endpoint, and wakes who waits for them.
 *
 * KEYS: counters, signals, partitions; then for each queue: ready, later.
 * ARGV: how many messages there are; then for each queue: its name, how many are due, how many are not; the bodies of those that are;
 * delay in milliseconds and body of each of those that are not.
 */
export const SEND = new Script(`
${NOW}${IN_CHUNKS}${SIGNAL}
local count = tonumber(ARGV[1])
local place = ${MIDDLE} + redis.call('HINCRBY', KEYS[1], 'sent', count) - count
local function itemOf(body, since)
  place = place + 1
  return text(place) .. since .. body
end
local at = 2
for k = 4, #KEYS, 2 do
  local queue, due, delayed = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  at = at + 3
  local isNews = false
  if due > 0 then
    local since = ':0:' .. text(now) .. ':'
    local items = {}
    for i = 1, due do items[i] = itemOf(ARGV[at + i - 1], since) end
    at = at + due
    local length
    inChunks(items, function(...) length = redis.call('RPUSH', KEYS[k], ...) end)
    isNews = length == due
  end
  if delayed > 0 then
    local next, soonest, members = earliest(KEYS[k + 1]), math.huge, {}
    for i = 1, delayed do
      local dueAt = now + ARGV[at]
      soonest = math.min(soonest, dueAt)
      members[2 * i - 1] = text(dueAt)
      members[2 * i] = itemOf(ARGV[at + 1], ':0:' .. text(dueAt) .. ':')
      at = at + 2
    end
    inChunks(members, function(...) redis.call('ZADD', KEYS[k + 1], ...) end)
    isNews = isNews or soonest < next
  end
  if queue ~= '' then redis.call('SADD', KEYS[3], queue) end
  if isNews then signal(KEYS[2], queue) end
end
`);
