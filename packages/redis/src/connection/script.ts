import { createHash } from 'node:crypto';

/**
 * A Lua script: what Redis runs as one step, with nothing in between. It is sent once to each server, and called by its digest from then on.
 * All keys that it touches are passed as KEYS, so that a Redis Cluster knows where to run it.
 */
export class Script {
  readonly lua: string;
  readonly sha: string;

  constructor(lua: string) {
    this.lua = lua;
    this.sha = createHash('sha1').update(lua).digest('hex');
  }
}

export type ScriptArgument = string | number | Buffer;

/** One call of a script, for {@link RedisConnection.runAll}. */
export interface ScriptCall {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly ScriptArgument[];
}
