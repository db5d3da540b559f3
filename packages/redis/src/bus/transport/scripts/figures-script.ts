import { Script } from '../../../connection/script.ts';
import { NOW, PARTS, UNCOVER } from './lua.ts';

/**
 * Counts what an endpoint has, after what is due has been made ready.
 *
 * KEYS: counters, deadLetters; then for each queue: ready, first, later, held, leases.
 *
 * Answers how many are ready, delayed, in flight and dead, and since when the first of those that are ready waits (nothing: none is).
 */
export const FIGURES = new Script(`
${NOW}${PARTS}${UNCOVER}
local waiting, delayed, inFlight, oldest = 0, 0, 0, nil
local function look(item)
  local since = item and tonumber((string.match(item, '^%d+:%d+:(%d+):')))
  if since then oldest = math.min(oldest or since, since) end
end
for k = 3, #KEYS, 5 do
  local ready, first, later, held, leases = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 4]
  uncover(ready, first, later, held, leases, KEYS[1])
  local due = redis.call('ZCOUNT', later, '-inf', now)
  waiting = waiting + redis.call('LLEN', ready) + redis.call('ZCARD', first) + due
  delayed = delayed + redis.call('ZCARD', later) - due
  inFlight = inFlight + redis.call('HLEN', held)
  look(redis.call('LINDEX', ready, 0))
  look(redis.call('ZRANGE', first, 0, 0)[1])
end
return { waiting, delayed, inFlight, redis.call('ZCARD', KEYS[2]), oldest }
`);
