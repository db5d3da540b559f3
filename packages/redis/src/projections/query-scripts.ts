import { Script } from '../connection/script.ts';

/*
 * KEYS: the read model, the ids of all, who waits for it. ARGV: expected version, version, data, id of this write, sorted form of the id, the id.
 * Returns 1 when it was set. Run again after its answer was lost, it knows its own write.
 */
export const SET = new Script(`
local known = redis.call('HMGET', KEYS[1], 'version', 'write')
if known[2] == ARGV[4] then return 1 end
if tonumber(known[1] or '0') ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'data', ARGV[3], 'write', ARGV[4])
if not known[1] then redis.call('ZADD', KEYS[2], 0, ARGV[5]) end
local waiters = redis.call('HGETALL', KEYS[3])
for i = 1, #waiters, 2 do
  if tonumber(waiters[i + 1]) <= tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[3], waiters[i])
    redis.call('PUBLISH', waiters[i], ARGV[6])
  end
end
return 1`);

/*
 * KEYS: the read model, who waits for it. ARGV: version waited for, channel of the process, how long to remember it in ms.
 * Returns the version; when it is below the one waited for, the next \`set\` that reaches that tells the channel.
 */
export const WAIT = new Script(`
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version >= tonumber(ARGV[1]) then return version end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
return version`);
