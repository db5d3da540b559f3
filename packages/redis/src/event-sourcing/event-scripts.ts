import { Script } from '../connection/script.ts';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end`;

/*
 * KEYS: stream, its transactions, its uncommitted appends, the order across streams, all uncommitted appends.
 * ARGV: transaction id, expected version, the append's name among the uncommitted, stream id; then five for each event: date, name, revision,
 * payload, metadata.
 * Returns { 0, version, uncommitted transactions before } when stored, { 1, version } for a duplicate, { 2, current version } when
 * somebody else was first.
 *
 * The first write is the one that Redis refuses when its memory is full; after it none is, so that there is never half an append. A stream that
 * was erased by hand begins anew: what it left behind in its other keys is none of this one's.
 */
export const APPEND = new Script(`${NOW}
local version = redis.call('XLEN', KEYS[1])
local range = version > 0 and redis.call('HGET', KEYS[2], ARGV[1])
if range then return { 1, tonumber(string.match(range, '%d+$')) } end
if version ~= tonumber(ARGV[2]) then return { 2, version } end
local before = version > 0 and redis.call('ZRANGE', KEYS[3], 0, -1) or {}
local first, begun = version + 1, nil
-- Emptied, and not deleted: it would go on behind what it had.
if version == 0 and redis.call('EXISTS', KEYS[1]) == 1 then redis.call('UNLINK', KEYS[1]) end
for i = 5, #ARGV, 5 do
  version = version + 1
  redis.call('XADD', KEYS[1], version .. '-0', 'date', ARGV[i], 'name', ARGV[i + 1], 'revision', ARGV[i + 2],
    'payload', ARGV[i + 3], 'transaction', ARGV[1], 'metadata', ARGV[i + 4])
  local place = redis.call('XADD', KEYS[4], '*', 'stream', ARGV[4], 'event', version)
  begun = begun or place
end
if first == 1 then
  redis.call('UNLINK', KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[2], '', begun)
end
redis.call('HSET', KEYS[2], ARGV[1], first .. '-' .. version)
redis.call('ZADD', KEYS[3], first, ARGV[1])
redis.call('ZADD', KEYS[5], text(now), ARGV[3])
return { 0, version, before }`);

/** `addPieces(result, from, last, left)`: adds entries of the stream KEYS[1] in pieces, and no more than some megabytes of them. */
const PIECES = `
local function addPieces(result, from, last, left)
  local bytes = 0
  while from <= last and left > 0 and bytes < 4000000 do
    local piece = redis.call('XRANGE', KEYS[1], from .. '-0', last .. '-0', 'COUNT', math.min(left, 100))
    if #piece == 0 then break end
    for _, entry in ipairs(piece) do bytes = bytes + #entry[2][8] end
    from, left = from + #piece, left - #piece
    result[#result + 1] = piece
  end
  return result
end`;

/*
 * KEYS: stream, its transactions. ARGV: from, to, limit, transaction id or nothing.
 * Returns { version, whether it holds the transaction (1, 0), pieces of entries, … }.
 */
export const LOAD = new Script(`${PIECES}
local version = redis.call('XLEN', KEYS[1])
local holds = version > 0 and ARGV[4] ~= '' and redis.call('HEXISTS', KEYS[2], ARGV[4]) or 0
return addPieces({ version, holds }, tonumber(ARGV[1]), math.min(tonumber(ARGV[2]), version), tonumber(ARGV[3]))`);

/*
 * KEYS: stream, its transactions. ARGV: from, to.
 * Returns { version, the place of its first event in the order across streams or nothing, pieces of entries, … }.
 */
export const LOAD_IN_ORDER = new Script(`${PIECES}
local version = redis.call('XLEN', KEYS[1])
local begun = redis.call('HGET', KEYS[2], '') or ''
local from, to = tonumber(ARGV[1]), tonumber(ARGV[2])
return addPieces({ version, begun }, from, math.min(to, version), to - from + 1)`);

/*
 * KEYS: stream, its uncommitted appends, all uncommitted appends. ARGV: transaction id, the append's name among the uncommitted.
 * Returns { sequence id of the first event, entries } of the append, or nothing when it is committed. An append whose stream was erased is
 * uncommitted no more: found for ever, it would be in the way of others.
 */
export const LOAD_UNCOMMITTED = new Script(`
local first = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or '0')
if first == 0 or redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[2])
  return {}
end
local from, entries, isOver = first, {}, false
repeat
  local piece = redis.call('XRANGE', KEYS[1], from .. '-0', '+', 'COUNT', 20)
  for _, entry in ipairs(piece) do
    isOver = isOver or entry[2][10] ~= ARGV[1]
    if not isOver then entries[#entries + 1] = entry end
  end
  from = from + #piece
until isOver or #piece < 20
return { first, entries }`);

/* KEYS: the stream's uncommitted appends, all uncommitted appends. ARGV: transaction id, the append's name among the uncommitted. */
export const COMMIT = new Script(`
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1`);

/*
 * KEYS: all uncommitted appends. ARGV: the time of who asks, before which moment of it, limit; then names to look at, in this order, or
 * none for all that there are, the oldest first.
 * Returns the name of each, and when it was stored, as the clock of who asks tells it.
 *
 * What was stored is measured by the server's clock, and how old it must be by the asking one's. Clocks within a second of each other are taken for
 * the same, so that a moment that was answered can be asked for again.
 */
export const FIND_UNCOMMITTED = new Script(`${NOW}
local ahead = now - ARGV[1]
if math.abs(ahead) < 1000 then ahead = 0 end
local before, limit = ARGV[2] + ahead, tonumber(ARGV[3])
local found = {}
local function add(name, storedAt)
  found[#found + 1] = name
  found[#found + 1] = text(storedAt - ahead)
end
if #ARGV == 3 then
  local all = redis.call('ZRANGE', KEYS[1], '-inf', '(' .. text(before), 'BYSCORE', 'LIMIT', 0, ARGV[3], 'WITHSCORES')
  for i = 1, #all, 2 do add(all[i], all[i + 1]) end
end
for i = 4, #ARGV do
  local storedAt = #found < 2 * limit and redis.call('ZSCORE', KEYS[1], ARGV[i])
  if storedAt and tonumber(storedAt) < before then add(ARGV[i], storedAt) end
end
return found`);
