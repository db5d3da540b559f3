import type { Inbox } from '@ndomain/core';
import type { RedisConnection } from '../connection/redis-connection.ts';
import { Script } from '../connection/script.ts';

/* KEYS: the entry. ARGV: how long to keep it, in ms. An entry is never kept for a shorter time than was asked for before. */
const ADD = new Script(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return 1`);

/** A thousand years: Redis refuses times of expiry that do not fit into its integers. */
const LONGEST_MS = 31_536_000_000_000;

/** An inbox in Redis: a small key for each message that a component has handled, which Redis itself removes when its time is over. */
export class RedisInbox implements Inbox {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  async has(component: string, messageId: string): Promise<boolean> {
    const key = this.#connection.keys.inbox(component, messageId);
    return (await this.#connection.command((client) => client.exists(key))) === 1;
  }

  async add(component: string, messageId: string, keepMs: number): Promise<void> {
    const key = this.#connection.keys.inbox(component, messageId);
    await this.#connection.run(ADD, [key], [Math.ceil(Math.min(Math.max(keepMs, 1), LONGEST_MS))]);
  }
}
