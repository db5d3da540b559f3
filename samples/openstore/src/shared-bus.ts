import { messageOf } from '@ndomain/core';
import { RedisServer } from '@ndomain/testing/servers';
import { UserError } from './user-error.ts';

/** Where the bus is, for as long as the program runs. */
export interface SharedBus extends AsyncDisposable {
  /** The address of a Redis. @default none: the bus is where the events are */
  readonly redis?: string;
}

/** What `--redis` says: an address, or `spawn` for a server of the program's own. Throws `UserError` when there is no server to be started. */
export async function sharedBus(redis: string | undefined): Promise<SharedBus> {
  if (redis !== 'spawn')
    return { ...(redis === undefined ? {} : { redis }), [Symbol.asyncDispose]: async () => undefined };
  try {
    const server = await RedisServer.start();
    console.error(`A Redis of our own runs at ${server.url}; it ends with this program, and what waits in it too.`);
    return { redis: server.url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    throw new UserError(`${messageOf(error)} Or say where one runs: --redis redis://localhost:6379`);
  }
}
