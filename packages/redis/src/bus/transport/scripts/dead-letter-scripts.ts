import { Script } from '../../../connection/script.ts';
import { MIDDLE, NOW, SIGNAL } from './lua.ts';

/*
 * A dead letter is a text of lines: its number, the name of its queue, its ordering key as JSON or nothing, its kind (`message`, or `broken`
 * for what could not be read), the reason as JSON; and the body.
 */

const LETTERS = `
local letters, parked = KEYS[1], KEYS[2]
local function linesOf(letter) return string.match(letter, '^(%d+)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n([^\\n]*)\\n(.*)$') end
local function forget(id, key)
  redis.call('ZREMRANGEBYSCORE', letters, id, id)
  if key ~= '' and redis.call('HINCRBY', parked, key, -1) <= 0 then redis.call('HDEL', parked, key) end
end
`;

/**
 * Puts dead letters back into their queues, before all that wait there, the last of them first, so that the first of them comes first. Those
 * that could not be read stay.
 *
 * KEYS: deadLetters, parkedKeys, counters, signals; then for each queue: ready, first.
 * ARGV: how many queues there are, their names; then the numbers of the letters, descending; or `upTo`, a number, and how many to look at.
 *
 * Answers how many were put back, and the last number that was looked at.
 */
export const RETRY = new Script(`
${NOW}${SIGNAL}${LETTERS}
local queues, names = {}, tonumber(ARGV[1])
for i = 1, names do queues[ARGV[i + 1]] = { ready = KEYS[3 + 2 * i], first = KEYS[4 + 2 * i] } end
local found, last = {}, '0'
if ARGV[names + 2] == 'upTo' then
  found = redis.call('ZREVRANGEBYSCORE', letters, ARGV[names + 3], '-inf', 'LIMIT', 0, ARGV[names + 4])
else
  for i = names + 2, #ARGV do found[#found + 1] = redis.call('ZRANGEBYSCORE', letters, ARGV[i], ARGV[i])[1] end
end
local count = 0
for _, letter in ipairs(found) do
  local id, name, key, kind, _, body = linesOf(letter)
  local queue = queues[name]
  last = id
  if queue and kind == 'message' then
    forget(id, key)
    local place = text(${MIDDLE} - redis.call('HINCRBY', KEYS[3], 'returned', 1))
    queue.isNews = queue.isNews or redis.call('EXISTS', queue.ready, queue.first) == 0
    redis.call('ZADD', queue.first, place, place .. ':0:' .. text(now) .. ':' .. body)
    count = count + 1
  end
end
for name, queue in pairs(queues) do
  if queue.isNews then signal(KEYS[4], name) end
end
return { count, last }
`);

/**
 * Deletes dead letters.
 *
 * KEYS: deadLetters, parkedKeys. ARGV: their numbers. Answers how many there were.
 */
export const PURGE = new Script(`
${LETTERS}
local count = 0
for _, id in ipairs(ARGV) do
  local letter = redis.call('ZRANGEBYSCORE', letters, id, id)[1]
  if letter then
    local _, _, key = linesOf(letter)
    forget(id, key)
    count = count + 1
  end
end
return count
`);

/** Deletes all dead letters. KEYS: deadLetters, parkedKeys. Answers how many there were. */
export const PURGE_ALL = new Script(`
local count = redis.call('ZCARD', KEYS[1])
redis.call('UNLINK', KEYS[1], KEYS[2])
return count
`);
