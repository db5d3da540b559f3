import { Script } from '../connection/script.ts';

/*
 * KEYS: stream, its transactions, its uncommitted appends, the order across streams, all uncommitted appends.
 * ARGV: transaction id, expected version, now in ms, the append's name among the uncommitted, stream id; then five for each event: date,
 * name, revision, payload, metadata.
 * Returns { 0, version, uncommitted transactions before } when stored, { 1, version } for a duplicate, { 2, current version } when
 * somebody else was first.
 *
 * The first write is the one that Redis refuses when its memory is full; after it none is, so that there is never half an append.
 */
export const APPEND = new Script(`
local range = redis.call('HGET', KEYS[2], ARGV[1])
if range then return { 1, tonumber(string.match(range, '%d+$')) } end
local version = redis.call('XLEN', KEYS[1])
if version ~= tonumber(ARGV[2]) then return { 2, version } end
local before = redis.call('ZRANGE', KEYS[3], 0, -1)
local first = version + 1
for i = 6, #ARGV, 5 do
  version = version + 1
  redis.call('XADD', KEYS[1], version .. '-0', 'date', ARGV[i], 'name', ARGV[i + 1], 'revision', ARGV[i + 2],
    'payload', ARGV[i + 3], 'transaction', ARGV[1], 'metadata', ARGV[i + 4])
  redis.call('XADD', KEYS[4], '*', 'stream', ARGV[5], 'event', version)
end
redis.call('HSET', KEYS[2], ARGV[1], first .. '-' .. version)
redis.call('ZADD', KEYS[3], first, ARGV[1])
redis.call('ZADD', KEYS[5], ARGV[3], ARGV[4])
return { 0, version, before }`);

/*
 * KEYS: stream, its transactions. ARGV: from, to, limit, transaction id or nothing.
 * Returns { version, whether it holds the transaction (1, 0), entries, … }: the entries in pieces, and no more than some megabytes of them.
 */
export const LOAD = new Script(`
local version = redis.call('XLEN', KEYS[1])
local holds = ARGV[4] ~= '' and redis.call('HEXISTS', KEYS[2], ARGV[4]) or 0
local from, last, left = tonumber(ARGV[1]), math.min(tonumber(ARGV[2]), version), tonumber(ARGV[3])
local result, bytes = { version, holds }, 0
while from <= last and left > 0 and bytes < 4000000 do
  local piece = redis.call('XRANGE', KEYS[1], from .. '-0', last .. '-0', 'COUNT', math.min(left, 100))
  if #piece == 0 then break end
  for _, entry in ipairs(piece) do bytes = bytes + #entry[2][8] end
  from, left = from + #piece, left - #piece
  result[#result + 1] = piece
end
return result`);

/*
 * KEYS: stream, its transactions, its uncommitted appends. ARGV: transaction id.
 * Returns the entries of the append, if it is not committed.
 */
export const LOAD_UNCOMMITTED = new Script(`
if not redis.call('ZSCORE', KEYS[3], ARGV[1]) then return {} end
local first, last = string.match(redis.call('HGET', KEYS[2], ARGV[1]), '^(%d+)-(%d+)$')
return redis.call('XRANGE', KEYS[1], first .. '-0', last .. '-0')`);

/* KEYS: the stream's uncommitted appends, all uncommitted appends. ARGV: transaction id, the append's name among the uncommitted. */
export const COMMIT = new Script(`
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1`);
